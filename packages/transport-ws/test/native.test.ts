import { sqlite } from '@dialect/adapter-sqlite';
import { expect, test } from 'vitest';
import { createWorld } from './harness.js';

async function twoPeople() {
  const world = await createWorld();
  const [ann, ben] = [await world.person('ann'), await world.person('ben')];
  const chat = await world.messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  return { ...world, ann, ben, chat_id: chat.id };
}

test('hello is answered by welcome, a snapshot of each chat, and ready', async () => {
  const { native, ann, ben, messenger, chat_id } = await twoPeople();
  await messenger.messages.send(ben, { chat_id, content: 'before' });
  const peer = await native('ann');
  expect(peer.frames.map((frame) => frame.type)).toEqual(['welcome', 'changes', 'ready']);
  expect(peer.frames[0]).toMatchObject({ user_id: ann.user_id, ping_ms: 25_000, token_expires_at: null });
  expect(peer.frames[1]).toMatchObject({ chat_id, from: 0, snapshot: true, more: false, chat: { unread_count: 1 } });
});

test('a message is acknowledged to its sender and reaches every socket of every member once', async () => {
  const { native, plain, chat_id } = await twoPeople();
  const peers = [await native('ann'), await native('ann'), await native('ben'), await plain('ben')];
  peers[0]?.send({ type: 'send', ref: 7, chat_id, content: 'hello', client_id: 'c-1' });
  const ok = await peers[0]?.next(7);
  expect(ok).toMatchObject({ type: 'ok', result: { chat_id, seq: 1, rev: 2, duplicate: false } });
  for (const peer of peers) {
    await peer.settled();
    expect(peer.all('new_message')).toEqual([
      expect.objectContaining({ chat_id, seq: 1, rev: 2, content: 'hello', client_id: 'c-1', status: 'sent' }),
    ]);
  }
});

test('a repeated client id is answered with the first message and rings nobody', async () => {
  const { native, chat_id } = await twoPeople();
  const [ann, ben] = [await native('ann'), await native('ben')];
  for (const ref of [1, 2]) ann.send({ type: 'send', ref, chat_id, content: 'once', client_id: 'same' });
  const first = await ann.next(1);
  const second = await ann.next(2);
  expect(second.result).toEqual({ ...(first.result as object), duplicate: true });
  await ben.settled();
  expect(ben.all('new_message')).toHaveLength(1);
});

test('messages of one connection keep their order', async () => {
  const { native, chat_id } = await twoPeople();
  const [ann, ben] = [await native('ann'), await native('ben')];
  for (let ref = 1; ref <= 200; ref++) ann.send({ type: 'send', ref, chat_id, content: `${ref}` });
  await ann.next(200);
  await ben.settled();
  expect(ben.all('new_message').map((frame) => frame.content)).toEqual(
    Array.from({ length: 200 }, (_, index) => `${index + 1}`),
  );
  expect(ben.all('new_message').map((frame) => frame.seq)).toEqual(
    Array.from({ length: 200 }, (_, index) => index + 1),
  );
});

test('every use case can be called by rpc, and its errors name the field', async () => {
  const { native, chat_id, ben } = await twoPeople();
  const ann = await native('ann');
  ann.send({
    type: 'rpc',
    ref: 1,
    method: 'chats.createGroup',
    params: { chat_name: 'G', participant_ids: [ben.user_id] },
  });
  expect((await ann.next(1)).result).toMatchObject({ chat_type: 'group', chat_name: 'G' });
  ann.send({ type: 'rpc', ref: 2, method: 'messages.send', params: { chat_id, content: '' } });
  expect(await ann.next(2)).toMatchObject({ type: 'error', code: 'INVALID_INPUT', field: 'content', retryable: false });
  for (const method of ['no.such', 'constructor', '__proto__']) {
    ann.send({ type: 'rpc', ref: 3, method });
    expect(await ann.next(3)).toMatchObject({ code: 'UNKNOWN_METHOD', field: 'method' });
  }
});

test('marks: an answer and a receipt follow the commit', async () => {
  const { native, chat_id, messenger, ben, ann } = await twoPeople();
  const sent = await messenger.messages.send(ann, { chat_id, content: 'read me' });
  const [annPeer, benPeer] = [await native('ann'), await native('ben')];
  benPeer.send({ type: 'recv', ref: 1, marks: [[chat_id, 1]] });
  expect(await annPeer.next('message_delivered')).toMatchObject({ user_id: ben.user_id, seq: 1, message_id: sent.id });
  benPeer.send({ type: 'read', ref: 2, chat_id, message_id: sent.id });
  expect(await annPeer.next('message_read')).toMatchObject({ user_id: ben.user_id, seq: 1, last_read_id: sent.id });
  const [message] = await messenger.messages.history(ann, { chat_id });
  expect(message?.status).toBe('read');
  expect((await benPeer.next(2)).result).toMatchObject({ read_seq: 1, delivered_seq: 1 });
});

test('typing reaches the others and not oneself; strangers are refused', async () => {
  const { native, person, chat_id } = await twoPeople();
  await person('eve');
  const [ann, second, ben, eve] = [await native('ann'), await native('ann'), await native('ben'), await native('eve')];
  ann.send({ type: 'typing', chat_id, is_typing: true });
  expect(await ben.next('typing')).toMatchObject({ chat_id, is_typing: true });
  eve.send({ type: 'typing', ref: 1, chat_id, is_typing: true });
  expect(await eve.next(1)).toMatchObject({ code: 'NOT_A_MEMBER' });
  await second.settled();
  expect([...ann.all('typing'), ...second.all('typing')]).toEqual([]);
});

test('sync and history answer on the socket', async () => {
  const { native, chat_id, messenger, ann } = await twoPeople();
  for (let n = 1; n <= 5; n++) await messenger.messages.send(ann, { chat_id, content: `${n}` });
  const peer = await native('ben');
  peer.send({ type: 'sync', ref: 1, chat_id, since: 3, limit: 2 });
  const changes = await peer.next(1);
  expect(changes).toMatchObject({ type: 'changes', from: 3, to: 5, more: true, snapshot: false });
  expect((changes.messages as { rev: number }[]).map((row) => row.rev)).toEqual([4, 5]);
  peer.send({ type: 'history', ref: 2, chat_id, before_seq: 4, limit: 2 });
  expect(((await peer.next(2)).result as { seq: number }[]).map((row) => row.seq)).toEqual([3, 2]);
});

test('a token is renewed on the live socket, for the same user only', async () => {
  const { native, ann } = await twoPeople();
  const peer = await native('ann');
  peer.send({ type: 'auth', ref: 1, token: 'ben' });
  expect(await peer.next(1)).toMatchObject({ code: 'UNAUTHORIZED', field: 'token' });
  const expires_at = Date.now() + 3_600_000;
  peer.send({ type: 'auth', ref: 2, token: `ann@${expires_at}` });
  expect(await peer.next(2)).toMatchObject({ type: 'ok', result: { expires_at: new Date(expires_at).toISOString() } });
  peer.send({ type: 'rpc', ref: 3, method: 'users.me' });
  expect((await peer.next(3)).result).toMatchObject({ id: ann.user_id });
});

test('an expiring token is announced, an expired one closes the connection with 4401', async () => {
  const world = await createWorld({ socket: { sweep_ms: 20 } });
  const peer = await world.native(`ann@${Date.now() + 400}`);
  expect(await peer.next('auth_expiring')).toHaveProperty('expires_at');
  expect(await peer.closed).toBe(4401);
});

test('what comes before hello, and a second hello, are refused', async () => {
  const { native } = await createWorld();
  const peer = await native(null);
  peer.send({ type: 'rpc', ref: 1, method: 'users.me' });
  expect(await peer.next(1)).toMatchObject({ code: 'UNAUTHORIZED' });
  peer.send({ type: 'hello', v: 1, token: 'ann' });
  await peer.next('ready');
  peer.send({ type: 'hello', v: 1, token: 'ben' });
  expect(await peer.closed).toBe(4400);

  const nobody = await native(null);
  nobody.send({ type: 'hello', v: 1, token: '' });
  expect(await nobody.closed).toBe(4401);
  const future = await native(null);
  future.send({ type: 'hello', v: 2, token: 'ann' });
  expect(await future.closed).toBe(4426);
});

test('closing says bye, finishes what is under way and closes with 1012', async () => {
  const { native, chat_id, transport, messenger, ann } = await twoPeople();
  const peer = await native('ann');
  for (let ref = 1; ref <= 30; ref++) peer.send({ type: 'send', ref, chat_id, content: `${ref}` });
  await peer.next(1);
  await transport.close();
  expect(await peer.closed).toBe(1012);
  expect(await peer.next('bye')).toMatchObject({ code: 1012, reconnect: true });
  const stored = await messenger.messages.history(ann, { chat_id, limit: 100 });
  // Everything acknowledged is there; what was read from the socket was also answered.
  expect(peer.all('ok')).toHaveLength(stored.length);
});

test('a client that cannot be caught up is let go instead of waiting for ever', async () => {
  const storage = sqlite(':memory:');
  const { native } = await createWorld({ messenger: { storage, logger: silent } });
  storage.chats.list = () => Promise.reject(new Error('the disk is on fire'));
  const peer = await native(null);
  peer.send({ type: 'hello', v: 1, token: 'ann' });
  expect(await peer.closed).toBe(1011);
  expect(peer.all('error')).toMatchObject([{ code: 'INTERNAL', retryable: true }]);
  expect(JSON.stringify(peer.frames)).not.toContain('fire');
});

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
