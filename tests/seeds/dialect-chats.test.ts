import { expect, test } from 'vitest';
import { talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

onEveryDatabase('chats of the Dialect seeds', (startServer) => {
  async function people() {
    const server = talkTo(await startServer());
    const [ann, ben, cem] = [await server.join('ann_k'), await server.join('ben_k'), await server.join('cem_k')];
    return { ...server, ann, ben, cem };
  }

  test('private ones, by both routes: one per pair', async () => {
    const { ann, ben } = await people();
    const first = await ann.call('POST', '/chats/private', { target_user_id: ben.id });
    expect(first).toMatchObject({ status: 200, body: { chat_type: 'private', chat_name: 'ben_k', owner_id: null } });
    const again = await ben.call('POST', '/chats/', { chat_type: 'private', participant_ids: [ann.id] });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, chat_name: 'ann_k' } });
    expect(again.body.participants.map(({ id }: { id: number }) => id).sort()).toEqual([ann.id, ben.id].sort());
    expect((await ann.call('POST', '/chats/private', { target_user_id: ann.id })).status).toBe(400);
    expect((await ann.call('POST', '/chats/private', { target_user_id: 999_999 })).status).toBe(404);
    const three = { chat_type: 'private', participant_ids: [ben.id, 3] };
    expect((await ann.call('POST', '/chats/', three)).status).toBe(400);
  });

  test('groups, by both routes, of at most 30', async () => {
    const { ann, ben, cem } = await people();
    const s0 = { chat_type: 'group', participant_ids: [ben.id], chat_name: 'S0' };
    const first = await ann.call('POST', '/chats/', s0);
    expect(first).toMatchObject({ status: 200, body: { chat_type: 'group', chat_name: 'S0', owner_id: ann.id } });
    const second = await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [ben.id, cem.id] });
    expect(second.body.participants).toHaveLength(3);
    const many = Array.from({ length: 30 }, (_, index) => 1_000 + index);
    const full = await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: many });
    expect(full.status).toBe(400);
    expect((await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [999_999] })).status).toBe(404);
    const list = await ben.call('GET', '/chats/');
    expect(list.body.map((chat: { chat_name: string }) => chat.chat_name)).toEqual(['K', 'S0']);
    expect(Object.keys(list.body[0])).toEqual(
      expect.arrayContaining(['id', 'chat_type', 'chat_name', 'avatar_url', 'owner_id', 'participants']),
    );
    expect((await ben.call('GET', '/chats')).body).toEqual(list.body);
  });

  test('members come, go and are sent away', async () => {
    const { ann, ben, cem, join } = await people();
    const dan = await join('dan_k');
    const { id } = (await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [ben.id] })).body;
    // Any member adds.
    const added = await ben.call('POST', `/chats/${id}/users?user_id=${cem.id}`);
    expect(added).toMatchObject({ status: 201, body: { message: expect.any(String) } });
    expect((await ben.call('POST', `/chats/${id}/users?user_id=${cem.id}`)).status).toBe(400);
    expect((await dan.call('POST', `/chats/${id}/users?user_id=${dan.id}`)).status).toBe(403);
    expect((await ben.call('POST', `/chats/${id}/users?user_id=999999`)).status).toBe(404);
    expect((await ben.call('DELETE', `/chats/${id}/users/${cem.id}`)).status).toBe(403);
    expect((await ann.call('DELETE', `/chats/${id}/users/${dan.id}`)).status).toBe(404);
    expect((await ann.call('DELETE', `/chats/${id}/users/${cem.id}`)).status).toBe(200);
    expect((await ben.call('DELETE', `/chats/${id}/users/${ben.id}`)).status).toBe(200);
    expect((await ann.call('DELETE', `/chats/${id}/users/${ann.id}`)).status).toBe(400);
    const privately = (await ann.call('POST', '/chats/private', { target_user_id: ben.id })).body;
    expect((await ann.call('POST', `/chats/${privately.id}/users?user_id=${cem.id}`)).status).toBe(400);
    expect((await ann.call('GET', '/chats/')).body.map((chat: { id: number }) => chat.id)).toContain(id);
  });

  test('a group has a name, nicknames, and an owner who decides on them', async () => {
    const { ann, ben } = await people();
    const { id } = (await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [ben.id] })).body;
    expect((await ann.call('PUT', `/chats/${id}/name?name=New%20name`)).status).toBe(200);
    expect((await ben.call('GET', '/chats/')).body[0].chat_name).toBe('New name');
    expect((await ben.call('PUT', `/chats/${id}/name?name=Mine`)).status).toBe(403);
    for (const name of ['', 'x'.repeat(101)]) {
      expect((await ann.call('PUT', `/chats/${id}/name?name=${name}`)).status).toBe(422);
    }
    const privately = (await ann.call('POST', '/chats/private', { target_user_id: ben.id })).body;
    expect((await ann.call('PUT', `/chats/${privately.id}/name?name=Mine`)).status).toBe(400);

    expect((await ben.call('PUT', `/chats/${id}/users/${ben.id}/nickname?nickname=Benny`)).status).toBe(200);
    expect((await ben.call('PUT', `/chats/${id}/users/${ann.id}/nickname?nickname=Boss`)).status).toBe(403);
    expect((await ann.call('PUT', `/chats/${id}/users/999/nickname?nickname=Who`)).status).toBe(404);
    const [chat] = (await ann.call('GET', '/chats/')).body.filter((one: { id: number }) => one.id === id);
    expect(chat.participants.find((one: { id: number }) => one.id === ben.id).nickname).toBe('Benny');
  });

  test('DELETE /chats/{id}: only I leave, or all of it is gone for everyone', async () => {
    const { ann, ben, cem } = await people();
    const ids = async (person: typeof ann) =>
      (await person.call('GET', '/chats/')).body.map((chat: { id: number }) => chat.id);
    const group = { chat_name: 'K', participant_ids: [ben.id, cem.id] };
    const { id } = (await ann.call('POST', '/chats/group', group)).body;
    expect((await ben.call('DELETE', `/chats/${id}`)).status).toBe(200);
    expect(await ids(ben)).toEqual([]);
    expect(await ids(cem)).toEqual([id]);
    for (const yes of ['true', 'True', '1'])
      expect((await cem.call('DELETE', `/chats/${id}?for_everyone=${yes}`)).status).toBe(403);
    expect((await ann.call('DELETE', `/chats/${id}?for_everyone=true`)).status).toBe(200);
    expect(await ids(cem)).toEqual([]);
    expect((await cem.call('GET', `/messages/history/${id}`)).status).toBe(403);
    expect((await ben.call('DELETE', '/chats/999999')).status).toBe(403);

    const privately = (await ann.call('POST', '/chats/private', { target_user_id: ben.id })).body.id;
    await ann.call('POST', '/messages', { chat_id: privately, content: 'hello' });
    expect((await ben.call('DELETE', `/chats/${privately}`)).status).toBe(200);
    expect(await ids(ben)).toEqual([]);
    expect((await ann.call('GET', `/messages/history/${privately}`)).body).toHaveLength(1);
    expect((await ann.call('DELETE', `/chats/${privately}?for_everyone=true`)).status).toBe(200);
    expect(await ids(ann)).toEqual([]);
    expect((await ann.call('GET', `/messages/history/${privately}`)).body).toEqual([]);
  });
});
