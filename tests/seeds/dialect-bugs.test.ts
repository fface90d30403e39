import { expect, test } from 'vitest';
import { talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

/** What was measured in the real Dialect servers, and is not so here. */
onEveryDatabase('bugs of the Dialect seeds that are not ours', (startServer) => {
  async function pair() {
    const server = talkTo(await startServer());
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    const { body } = await ann.call('POST', '/chats/private', { target_user_id: ben.id });
    return { ...server, ann, ben, chat_id: body.id as number };
  }

  test('a block is seen by a socket that was open before', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b] = [await ann.connect(), await ben.connect()];
    b.send({ chat_id, content: 'one' });
    await a.next({ type: 'new_message', content: 'one' });
    await ann.call('POST', `/users/block/${ben.id}`);
    b.send({ chat_id, content: 'two' });
    expect(await b.next({ type: 'error' })).toMatchObject({ code: 'BLOCKED', error: expect.any(String) });
    // Only that direction.
    a.send({ chat_id, content: 'three' });
    await b.next({ type: 'new_message', content: 'three' });
    await ann.call('DELETE', `/users/block/${ben.id}`);
    b.send({ chat_id, content: 'four' });
    await a.next({ type: 'new_message', content: 'four' });
    const { body } = await ann.call('GET', `/messages/history/${chat_id}`);
    expect(body.map(({ content }: { content: string }) => content)).toEqual(['four', 'three', 'one']);
  });

  test('receipts of newer messages are not lost on a socket that has been open for long', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b] = [await ann.connect(), await ben.connect()];
    b.send({ type: 'ping' });
    for (let n = 0; n < 5; n++) {
      const { body } = await ann.call('POST', '/messages', { chat_id, content: `${n}` });
      b.send({ type: 'read', chat_id, message_id: body.id });
      await a.next({ type: 'message_read', user_id: ben.id, last_read_id: body.id });
      const { body: readers } = await ann.call('GET', `/messages/${body.id}/reads`);
      expect(readers).toMatchObject([{ user_id: ben.id }]);
    }
  });

  test('unpinning over a socket is written', async () => {
    const { ann, chat_id } = await pair();
    const a = await ann.connect();
    const { body } = await ann.call('POST', '/messages', { chat_id, content: 'x' });
    for (const is_pinned of [true, false]) {
      a.send({ type: 'pin', message_id: body.id, is_pinned });
      await a.next({ type: 'message_pinned', is_pinned });
    }
    expect((await ann.call('GET', `/chats/${chat_id}/pins`)).body).toEqual([]);
    expect((await ann.call('GET', `/messages/history/${chat_id}`)).body[0].is_pinned).toBe(false);
  });

  test('a message that somebody has read can be deleted, and the socket goes on', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b] = [await ann.connect(), await ben.connect()];
    a.send({ chat_id, content: 'x' });
    const { id } = await b.next({ type: 'new_message' });
    b.send({ type: 'read', chat_id, message_id: id });
    await a.next({ type: 'message_read', user_id: ben.id });
    a.send({ type: 'delete', message_id: id });
    await b.next({ type: 'message_deleted', message_id: id });
    a.send({ chat_id, content: 'y' });
    await b.next({ type: 'new_message', content: 'y' });
  });

  test('deleting for everyone works, of a chat and of a history', async () => {
    const { ann, ben, chat_id } = await pair();
    await ann.call('POST', '/messages', { chat_id, content: 'x' });
    expect((await ann.call('DELETE', `/chats/${chat_id}/messages?for_everyone=true`)).status).toBe(200);
    expect((await ann.call('DELETE', `/chats/${chat_id}?for_everyone=true`)).status).toBe(200);
    const { id } = (await ann.call('POST', '/chats/group', { chat_name: 'K', participant_ids: [ben.id] })).body;
    await ben.call('POST', '/messages', { chat_id: id, content: 'x' });
    expect((await ann.call('DELETE', `/chats/${id}?for_everyone=true`)).status).toBe(200);
    expect((await ben.call('GET', '/chats/')).body).toEqual([]);
  });

  test('of the messages of one second, clearing takes those before it and leaves those after it', async () => {
    const { ann, chat_id } = await pair();
    const say = (content: string) => ann.call('POST', '/messages', { chat_id, content });
    for (let round = 0; round < 5; round++) {
      await say(`before ${round}`);
      await ann.call('DELETE', `/chats/${chat_id}/messages`);
      await say(`after ${round}`);
      const { body } = await ann.call('GET', `/messages/history/${chat_id}`);
      expect(body.map(({ content }: { content: string }) => content)).toEqual([`after ${round}`]);
    }
  });
});
