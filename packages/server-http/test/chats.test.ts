import { describe, expect, test } from 'vitest';
import { type Api, type Person, startApi } from './support/start-api.js';

async function people(api: Api, count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => api.join(`person${n}`)));
}
const ids = (list: readonly Person[]) => list.map(({ id }) => id);

describe.each(['memory', 'file'] as const)('chats, on %s', (kind) => {
  test('POST /chats/ makes a private chat or a group, with the caller in it', async () => {
    const api = await startApi(kind);
    const [anna, boris, clara] = (await people(api, 3)) as [Person, Person, Person];
    const pair = await anna.post('/chats/', { chat_type: 'private', participant_ids: [boris.id] });
    expect(pair.status).toBe(200);
    expect(pair.body).toMatchObject({
      chat_type: 'private',
      chat_name: 'person1',
      last_message: null,
      unread_count: 0,
    });
    const group = await anna.post('/chats', {
      chat_type: 'group',
      participant_ids: [boris.id, clara.id],
      chat_name: 'Three',
    });
    expect(group.body).toMatchObject({ chat_type: 'group', chat_name: 'Three', owner_id: anna.id });
    expect(ids(group.body.participants).sort()).toEqual(ids([anna, boris, clara]).sort());
  });

  test('POST /chats/private: one chat per pair, whoever asks, also at the same time', async () => {
    const api = await startApi(kind);
    const [anna, boris] = (await people(api, 2)) as [Person, Person];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const [from, to] = n % 2 === 0 ? [anna, boris] : [boris, anna];
        return from.post('/chats/private', { target_user_id: to.id });
      }),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  });

  test('with oneself it is a 400, with nobody a 404', async () => {
    const api = await startApi(kind);
    const anna = await api.join('anna');
    const self = await anna.post('/chats/private', { target_user_id: anna.id });
    expect([self.status, self.body.code, self.body.field]).toEqual([400, 'CHAT_WITH_SELF', 'target_user_id']);
    const nobody = await anna.post('/chats/private/', { target_user_id: 999 });
    expect([nobody.status, nobody.body.code]).toEqual([404, 'USER_NOT_FOUND']);
    const three = await anna.post('/chats', { chat_type: 'private', participant_ids: [2, 3] });
    expect([three.status, three.body.code]).toEqual([400, 'PRIVATE_NEEDS_ONE_OTHER']);
    const lonely = await anna.post('/chats/group', { chat_name: 'G', participant_ids: [999] });
    expect([lonely.status, lonely.body.code]).toEqual([404, 'USER_NOT_FOUND']);
  });

  test('a group has room for 30, its owner included: the 31st is refused on both ways in', async () => {
    const api = await startApi(kind);
    const everybody = await people(api, 31);
    const [owner, ...others] = everybody as [Person, ...Person[]];
    const tooMany = await owner.post('/chats/group', { chat_name: 'All', participant_ids: ids(others) });
    expect([tooMany.status, tooMany.body.code]).toEqual([400, 'GROUP_FULL']);
    const full = await owner.post('/chats/group/', { chat_name: 'All', participant_ids: ids(others.slice(0, 29)) });
    expect(full.status).toBe(200);
    const late = await owner.post(`/chats/${full.body.id}/users?user_id=${others[29]?.id}`);
    expect([late.status, late.body.code]).toEqual([400, 'GROUP_FULL']);
    expect((await owner.get(`/chats/${full.body.id}`)).body.participants).toHaveLength(30);
  });

  test('GET /chats/ lists mine, the most recently active first', async () => {
    const api = await startApi(kind);
    const [anna, boris, clara] = (await people(api, 3)) as [Person, Person, Person];
    const first = (await anna.post('/chats/private', { target_user_id: boris.id })).body;
    const second = (await anna.post('/chats/private', { target_user_id: clara.id })).body;
    api.messenger.clock.advance(1_000);
    await boris.post('/messages', { chat_id: first.id, content: 'hello' });
    const list = await anna.get('/chats/');
    expect(list.body.map(({ id }: { id: number }) => id)).toEqual([first.id, second.id]);
    expect(list.body[0]).toMatchObject({ chat_name: 'person1', unread_count: 1, last_message: { content: 'hello' } });
    expect((await anna.get('/chats?limit=1&offset=1')).body).toMatchObject([{ id: second.id }]);
    expect((await anna.get(`/chats?after_chat_id=${first.id}`)).body).toMatchObject([{ id: second.id }]);
    expect((await clara.get('/chats')).body).toHaveLength(1);
  });

  test('POST /chats/{id}/users takes user_id from the query (201), or from a body', async () => {
    const api = await startApi(kind);
    const [anna, boris, clara, dora] = (await people(api, 4)) as [Person, Person, Person, Person];
    const { id } = (await anna.post('/chats/group', { chat_name: 'G', participant_ids: [boris.id] })).body;
    const added = await boris.post(`/chats/${id}/users?user_id=${clara.id}`);
    expect([added.status, typeof added.body.message]).toEqual([201, 'string']);
    expect((await anna.post(`/chats/${id}/users/`, { user_id: dora.id })).status).toBe(201);
    expect((await clara.get(`/chats/${id}`)).body.participants).toHaveLength(4);
    const again = await anna.post(`/chats/${id}/users?user_id=${clara.id}`);
    expect([again.status, again.body.code]).toEqual([400, 'ALREADY_A_MEMBER']);
    expect((await anna.post(`/chats/${id}/users?user_id=999`)).status).toBe(404);
    const missing = await anna.post(`/chats/${id}/users`);
    expect([missing.status, missing.body.field]).toEqual([422, 'user_id']);
    const pair = (await anna.post('/chats/private', { target_user_id: boris.id })).body;
    const third = await anna.post(`/chats/${pair.id}/users?user_id=${clara.id}`);
    expect([third.status, third.body.code]).toEqual([400, 'CHAT_IS_PRIVATE']);
  });

  test('DELETE /chats/{id}/users/{user_id}: the owner removes anyone, others only themselves', async () => {
    const api = await startApi(kind);
    const [anna, boris, clara] = (await people(api, 3)) as [Person, Person, Person];
    const { id } = (await anna.post('/chats/group', { chat_name: 'G', participant_ids: ids([boris, clara]) })).body;
    expect((await boris.delete(`/chats/${id}/users/${clara.id}`)).status).toBe(403);
    const removed = await anna.delete(`/chats/${id}/users/${clara.id}`);
    expect([removed.status, typeof removed.body.message]).toEqual([200, 'string']);
    expect((await clara.get(`/chats/${id}`)).status).toBe(403);
    expect((await anna.delete(`/chats/${id}/users/${clara.id}`)).status).toBe(404);
    expect((await boris.delete(`/chats/${id}/users/${boris.id}/`)).status).toBe(200);
    expect((await boris.get('/chats')).body).toEqual([]);
  });

  test('POST /chats/{id}/leave needs no body, and minds none', async () => {
    const api = await startApi(kind);
    const [anna, boris, clara] = (await people(api, 3)) as [Person, Person, Person];
    const { id } = (await anna.post('/chats/group', { chat_name: 'G', participant_ids: ids([boris, clara]) })).body;
    expect((await boris.post(`/chats/${id}/leave`)).status).toBe(200);
    expect((await clara.post(`/chats/${id}/leave/`, { chat_id: 999, user_id: anna.id })).status).toBe(200);
    expect(
      (await anna.get(`/chats/${id}`)).body.participants.filter(
        (one: Person & { is_active: boolean }) => one.is_active,
      ),
    ).toHaveLength(1);
  });
});
