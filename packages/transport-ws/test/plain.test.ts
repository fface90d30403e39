import { once } from 'node:events';
import { socketPath } from '@dialect/protocol';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { createWorld } from './harness.js';

async function chatOfTwo() {
  const world = await createWorld();
  const [ann, ben] = [await world.person('ann'), await world.person('ben')];
  const { id } = await world.messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  return { ...world, ann, ben, chat_id: id };
}

test("the seeds' simple events work as they stand", async () => {
  const { plain, chat_id, ann, ben } = await chatOfTwo();
  const [annPeer, benPeer] = [await plain('ann'), await plain('ben')];
  annPeer.send({ type: 'new_message', chat_id, content: 'Hello world!', message_type: 'text' });
  const message = await benPeer.next('new_message');
  expect(message).toMatchObject({
    chat_id,
    sender_id: ann.user_id,
    content: 'Hello world!',
    message_type: 'text',
    status: 'sent',
  });
  expect(message.sent_at).toMatch(/Z$/);
  expect(await annPeer.next('new_message')).toEqual(message);
  // A frame without a type is a message.
  benPeer.send({ chat_id, content: 'and back' });
  const answer = await annPeer.next('new_message');
  expect(answer).toMatchObject({ content: 'and back', message_type: 'text' });
  for (const type of ['read', 'message_read']) {
    const read = type === 'read' ? message : answer;
    (type === 'read' ? benPeer : annPeer).send({ type, chat_id, message_id: read.id });
  }
  // What one writes one has read up to: both marks come to stand at the answer, and the other one is told of each.
  for (const [peer, { user_id }] of [
    [annPeer, ben],
    [benPeer, ann],
  ] as const) {
    await expect
      .poll(() => peer.all('message_read'))
      .toContainEqual(expect.objectContaining({ chat_id, user_id, last_read_id: answer.id, message_id: answer.id }));
    expect(peer.all('message_read').every((frame) => frame.user_id === user_id)).toBe(true);
  }
  expect(annPeer.all('ok')).toEqual([]);
});

test('with ref and client_id plain clients get acknowledgements too', async () => {
  const { plain, chat_id } = await chatOfTwo();
  const peer = await plain('ann');
  for (const ref of [1, 2]) peer.send({ ref, client_id: 'a', chat_id, content: 'x' });
  await peer.next(1);
  expect(await peer.next(2)).toMatchObject({ type: 'ok', result: { seq: 1, duplicate: true } });
});

test('broken JSON, unknown types and bad input are answered, and the socket stays open', async () => {
  const { plain, chat_id } = await chatOfTwo();
  const peer = await plain('ann');
  const bad = ['{', '[]', '"text"', 'null', '{"type":7}', '{"type":"constructor"}', `{"chat_id":${chat_id}}`];
  for (const text of bad) {
    peer.send(text);
    const answer = await peer.next('error');
    expect(answer.error).toBe(answer.message);
  }
  peer.ws.send(Buffer.from([1, 2, 3]));
  expect(await peer.next('error')).toMatchObject({ code: 'MALFORMED_FRAME' });
  await peer.settled();
});

test('without credentials an upgrade is refused with 401, with wrong ones with 403, elsewhere with 404', async () => {
  const { url } = await createWorld({
    messenger: { identify: ({ token }) => (token === 'good' ? { external_id: 'g' } : null) },
  });
  const refusedWith = async (address: string, protocols: string[] = []): Promise<number> => {
    const ws = new WebSocket(address, protocols);
    ws.on('error', () => undefined);
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode: number }];
    ws.terminate();
    return response.statusCode;
  };
  expect(await refusedWith(url)).toBe(401);
  expect(await refusedWith(url, ['graphql-ws'])).toBe(401);
  expect(await refusedWith(`${url}?token=bad`)).toBe(403);
  expect(await refusedWith(`${url.replace(socketPath, '/elsewhere')}?token=good`)).toBe(404);
});

test('presence: online while one socket of the user is open', async () => {
  const { plain, messenger, ann, ben } = await chatOfTwo();
  const isOnline = async () => (await messenger.users.get(ann, { user_id: ben.user_id })).is_online;
  const [one, two] = [await plain('ben'), await plain('ben')];
  expect(await isOnline()).toBe(true);
  one.ws.close();
  await one.closed;
  await two.settled();
  expect(await isOnline()).toBe(true);
  two.ws.close();
  await expect.poll(isOnline).toBe(false);
  await expect.poll(async () => (await messenger.users.get(ann, { user_id: ben.user_id })).last_seen_at).not.toBeNull();
});
