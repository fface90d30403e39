import { once } from 'node:events';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

onEveryDatabase('the socket of the Dialect seeds', (startServer) => {
  async function pair() {
    const started = await startServer();
    const server = talkTo(started);
    const [ann, ben] = [await server.join('ann_k'), await server.join('ben_k')];
    const { body } = await ann.call('POST', '/chats/private', { target_user_id: ben.id });
    return { ...server, socket_url: started.socket_url, ann, ben, chat_id: body.id as number };
  }

  test('a bad token is a refused upgrade', async () => {
    const { socket_url } = await pair();
    const ws = new WebSocket(`${socket_url}?token=nonsense`);
    ws.on('error', () => undefined);
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(403);
    ws.terminate();
  });

  test('new_message, with its type and without, to all devices of all members', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b, phone] = [await ann.connect(), await ben.connect(), await ann.connect()];
    a.send({ type: 'new_message', chat_id, content: 'Hello world!', message_type: 'text' });
    const expected = { type: 'new_message', chat_id, sender_id: ann.id, content: 'Hello world!' };
    const heard = await b.next({ type: 'new_message' });
    expect(heard).toMatchObject({ ...expected, message_type: 'text', status: 'sent' });
    expect(heard).toMatchObject({ id: expect.any(Number), sent_at: expect.stringMatching(/Z$/) });
    for (const socket of [a, phone]) expect(await socket.next({ type: 'new_message' })).toEqual(heard);
    b.send({ chat_id, content: '/static/x.png', message_type: 'image' });
    expect(await phone.next({ type: 'new_message' })).toMatchObject({ message_type: 'image', sender_id: ben.id });
  });

  test('read by both of its names: the sender hears last_read_id', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b] = [await ann.connect(), await ben.connect()];
    for (const type of ['read', 'message_read']) {
      a.send({ type: 'new_message', chat_id, content: type });
      const { id } = await b.next({ type: 'new_message' });
      b.send({ type, chat_id, message_id: id });
      const read = await a.next({ type: 'message_read', user_id: ben.id });
      expect(read).toMatchObject({ chat_id, last_read_id: id });
      // What is told is already so (8.10).
      const [newest] = (await ann.call('GET', `/messages/history/${chat_id}?limit=1`)).body;
      expect(newest).toMatchObject({ id, status: 'read' });
      expect((await ann.call('GET', `/messages/${id}/reads`)).body).toMatchObject([{ user_id: ben.id }]);
    }
  });

  test('edit, delete, pin', async () => {
    const { ann, ben, chat_id } = await pair();
    const [a, b] = [await ann.connect(), await ben.connect()];
    a.send({ type: 'new_message', chat_id, content: 'helo' });
    const { id: message_id } = await b.next({ type: 'new_message' });
    a.send({ type: 'edit', message_id, content: 'hello' });
    for (const socket of [a, b]) {
      const edited = await socket.next({ type: 'message_edited' });
      expect(edited).toMatchObject({ chat_id, message_id, new_content: 'hello' });
    }
    for (const is_pinned of [true, false]) {
      b.send({ type: 'pin', message_id, is_pinned });
      expect(await a.next({ type: 'message_pinned' })).toMatchObject({ chat_id, message_id, is_pinned });
      const [message] = (await ann.call('GET', `/messages/history/${chat_id}`)).body;
      expect(message.is_pinned).toBe(is_pinned);
    }
    // Not the author: nothing changes.
    b.send({ type: 'edit', message_id, content: 'mine' });
    expect(await b.next({ code: 'FORBIDDEN' })).toMatchObject({ error: expect.any(String) });
    b.send({ type: 'delete', message_id });
    await b.next({ code: 'FORBIDDEN' });
    a.send({ type: 'delete', message_id });
    for (const socket of [a, b]) {
      expect(await socket.next({ type: 'message_deleted' })).toMatchObject({ chat_id, message_id });
    }
    expect((await ben.call('GET', `/messages/history/${chat_id}`)).body).toEqual([]);
  });

  test('anything else is answered by an error, and the socket goes on', async () => {
    const { ann, chat_id, ben } = await pair();
    const a = await ann.connect();
    for (const frame of ['{', { type: 'dance' }, { type: 'new_message', chat_id }, { chat_id: 999, content: 'x' }]) {
      a.send(frame);
      expect(await a.next({ type: 'error' })).toMatchObject({ error: expect.any(String) });
    }
    a.send({ chat_id, content: 'still here' });
    await a.next({ type: 'new_message', content: 'still here' });
    expect((await ben.call('GET', `/messages/history/${chat_id}`)).body).toHaveLength(1);
  });

  test('presence, deleted chats and cleared histories, as the later client hears them', async () => {
    const { ann, ben, chat_id } = await pair();
    const a = await ann.connect();
    const b = await ben.connect();
    expect(await a.next({ type: 'user_status', user_id: ben.id })).toMatchObject({ is_online: true });
    expect((await ann.call('GET', `/users/${ben.id}`)).body.is_online).toBe(true);
    await b.close();
    expect(await a.next({ type: 'user_status', user_id: ben.id })).toMatchObject({ is_online: false });
    const profile = async () => (await ann.call('GET', `/users/${ben.id}`)).body;
    expect((await profile()).is_online).toBe(false);
    await expect.poll(async () => (await profile()).last_seen_at).toMatch(/Z$/);
    await ben.call('DELETE', `/chats/${chat_id}/messages?for_everyone=true`);
    await ann.call('POST', '/messages', { chat_id, content: 'x' });
    await ben.call('DELETE', `/chats/${chat_id}/messages?for_everyone=true`);
    expect(await a.next({ type: 'chat_history_cleared' })).toMatchObject({ chat_id, for_everyone: true });
    await ben.call('DELETE', `/chats/${chat_id}?for_everyone=true`);
    expect(await a.next({ type: 'chat_deleted' })).toMatchObject({ chat_id, for_everyone: true });
  });

  test('typing is told to the others only', async () => {
    const { ann, ben, chat_id, join } = await pair();
    const [a, b, eve] = [await ann.connect(), await ben.connect(), await (await join('eve_k')).connect()];
    a.send({ type: 'typing', chat_id, is_typing: true });
    expect(await b.next({ type: 'typing_indicator' })).toMatchObject({ chat_id, user_id: ann.id, is_typing: true });
    for (const socket of [a, eve]) {
      await socket.settled();
      expect(socket.frames.filter(({ type }) => type === 'typing_indicator')).toEqual([]);
    }
  });
});
