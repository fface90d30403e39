import { expect, test } from 'vitest';
import { talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

type Message = { id: number; content: string; status: string };

onEveryDatabase('messages of the Dialect seeds', (startServer) => {
  async function pair() {
    const server = talkTo(await startServer());
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    const { body } = await ann.call('POST', '/chats/private', { target_user_id: ben.id });
    const history = async (person = ann, query = ''): Promise<Message[]> =>
      (await person.call('GET', `/messages/history/${body.id}${query}`)).body;
    const say = async (content: string, person = ann): Promise<Message> =>
      (await person.call('POST', '/messages', { chat_id: body.id, content })).body;
    return { ...server, ann, ben, chat_id: body.id as number, history, say };
  }
  const contents = (messages: Message[]) => messages.map(({ content }) => content);

  test('history: newest first, by limit and offset, for members only', async () => {
    const { ann, ben, join, chat_id, history, say } = await pair();
    for (let n = 1; n <= 55; n++) await say(`${n}`, n % 2 ? ann : ben);
    const newest = await history();
    expect(newest).toHaveLength(50);
    expect(contents(newest).slice(0, 2)).toEqual(['55', '54']);
    expect(Object.keys(newest[0] as object)).toEqual(
      expect.arrayContaining([
        'id',
        'chat_id',
        'sender_id',
        'content',
        'message_type',
        'sent_at',
        'status',
        'is_pinned',
      ]),
    );
    expect(contents(await history(ben, '?limit=3&offset=52'))).toEqual(['3', '2', '1']);
    const eve = await join('eve_k');
    expect((await eve.call('GET', `/messages/history/${chat_id}`)).status).toBe(403);
    expect((await eve.call('GET', '/messages/history/999999')).status).toBe(403);
  });

  test('DELETE /chats/{id}/messages clears for me by number, and for everyone', async () => {
    const { ann, ben, chat_id, history, say, join } = await pair();
    // All of them within one second, at which the seed lost the later ones.
    await say('before');
    expect((await ann.call('DELETE', `/chats/${chat_id}/messages`)).status).toBe(200);
    await say('after');
    expect(contents(await history(ann))).toEqual(['after']);
    expect(contents(await history(ben))).toEqual(['after', 'before']);
    expect((await ben.call('DELETE', `/chats/${chat_id}/messages?for_everyone=true`)).status).toBe(200);
    expect(await history(ann)).toEqual([]);
    await say('later');
    expect(contents(await history(ben))).toEqual(['later']);
    const eve = await join('eve_k');
    expect((await eve.call('DELETE', `/chats/${chat_id}/messages`)).status).toBe(403);

    const group = { chat_name: 'K', participant_ids: [ben.id] };
    const { id } = (await ann.call('POST', '/chats/group', group)).body;
    expect((await ben.call('DELETE', `/chats/${id}/messages?for_everyone=true`)).status).toBe(403);
    expect((await ann.call('DELETE', `/chats/${id}/messages?for_everyone=true`)).status).toBe(200);
  });

  test('who has read a message, and when', async () => {
    const { ann, ben, chat_id, say, history, join } = await pair();
    const message = await say('hello');
    expect((await ann.call('GET', `/messages/${message.id}/reads`)).body).toEqual([]);
    await ben.call('POST', `/chats/${chat_id}/read`, { message_id: message.id });
    const { body } = await ann.call('GET', `/messages/${message.id}/reads`);
    expect(body).toEqual([{ user_id: ben.id, read_at: expect.stringMatching(/Z$/) }]);
    expect((await history())[0]?.status).toBe('read');
    const eve = await join('eve_k');
    expect((await eve.call('GET', `/messages/${message.id}/reads`)).status).toBe(404);
  });

  test('content comes back as it was given, whatever it is', async () => {
    const { say, history } = await pair();
    const texts = ['  spaces  ', 'ENC::eyJhbGciOiJYMjU1MTkifQ==', '\u0001\u202E🏳️‍🌈', '<b>"\\', 'x'.repeat(60_000)];
    for (const text of texts) await say(text);
    expect(contents(await history()).reverse()).toEqual(texts);
  });
});
