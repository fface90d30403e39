import { once } from 'node:events';
import { connect } from 'node:net';
import { protocolLimits, socketPath } from '@dialect/protocol';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from './harness.js';
import { connectRaw } from './raw-client.js';

async function chatOfTwo(options?: Parameters<typeof createWorld>[0]) {
  const world = await createWorld(options);
  const [ann, ben] = [await world.person('ann'), await world.person('ben')];
  const { id } = await world.messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  return { ...world, ann, ben, chat_id: id };
}

test('a frame at the limit passes, one byte more closes with 1009', async () => {
  const { native } = await createWorld();
  const peer = await native('ann');
  const frame = (size: number) => {
    const empty = JSON.stringify({ type: 'ping', pad: '' });
    return JSON.stringify({ type: 'ping', pad: 'x'.repeat(size - empty.length) });
  };
  peer.send(frame(protocolLimits.frame_bytes));
  await peer.next('pong');
  peer.send(frame(protocolLimits.frame_bytes + 1));
  expect(await peer.closed).toBe(1009);
});

test('broken frames of a native client close with 4400, bad UTF-8 with 1007', async () => {
  const { native } = await createWorld();
  for (const bad of ['{', '[]', '1', '{"type":{}}', '{"type":"ping","ref":{}}', '['.repeat(100_000)]) {
    const peer = await native('ann');
    peer.send(bad);
    expect(await peer.closed).toBe(4400);
  }
  const binary = await native('ann');
  binary.ws.send(Buffer.from('{"type":"ping"}'), { binary: true });
  expect(await binary.closed).toBe(4400);
  const utf8 = await native('ann');
  utf8.ws.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
  expect(await utf8.closed).toBe(1007);
});

test('an unknown type is answered and ignored; unknown fields are dropped', async () => {
  const { native, chat_id, messenger, ann } = await chatOfTwo();
  const peer = await native('ann');
  peer.send({ type: 'dance', ref: 1 });
  expect(await peer.next(1)).toMatchObject({ code: 'UNKNOWN_TYPE', field: 'type' });
  peer.send({ type: 'send', ref: 2, chat_id, content: 'hi', sender_id: 99, seq: 7, is_pinned: true });
  await peer.next(2);
  expect(await messenger.messages.history(ann, { chat_id })).toMatchObject([
    { sender_id: ann.user_id, seq: 1, is_pinned: false },
  ]);
});

test('whatever JSON comes, the connection answers and the server goes on', async () => {
  const { plain } = await chatOfTwo();
  const peer = await plain('ann');
  const types = fc.constantFrom('send', 'new_message', 'read', 'message_read', 'typing', 'hello', 'rpc');
  const frame = fc.dictionary(
    fc.constantFrom('chat_id', 'content', 'seq', 'ref', '__proto__', 'message_id'),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(types, frame, async (type, fields) => {
      const before = peer.frames.length;
      peer.send({ ...fields, type });
      await peer.settled();
      expect(peer.frames.length).toBeGreaterThan(before);
      for (const answer of peer.frames.slice(before)) expect(answer.code).not.toBe('INTERNAL');
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('a slow reader is terminated at its cap, others go on, and it catches up afterwards', async () => {
  const { native, url, chat_id, messenger, ann, ben, transport } = await chatOfTwo({
    socket: { outflow: { buffered_bytes: 256 * 1024 } },
  });
  const healthy = await native('ben');
  const { epoch } = await messenger.sync.heads(ben);
  const stalled = await connectRaw(url, { type: 'hello', v: 1, token: 'ben' });
  stalled.socket.pause();
  await expect.poll(() => transport.size).toBe(2);
  const content = 'x'.repeat(20_000);
  const total = 600;
  for (let n = 0; n < total; n++) await messenger.messages.send(ann, { chat_id, content });
  // The server let go of it, though it never read a byte.
  await expect.poll(() => transport.size).toBe(1);
  await healthy.settled();
  expect(healthy.all('new_message')).toHaveLength(total);
  const back = await native('ben', { epoch, heads: { [chat_id]: 1 } });
  const rows = back.all('changes').flatMap((frame) => frame.messages as { seq: number }[]);
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: total }, (_, index) => index + 1));
});

test('more commands than may be in flight are all answered, in order', async () => {
  const { native, chat_id } = await chatOfTwo();
  const peer = await native('ann');
  for (let ref = 1; ref <= 1_000; ref++) peer.send({ type: 'send', ref, chat_id, content: 'flood' });
  await peer.next(1_000);
  expect(peer.all('ok').map((frame) => frame.ref)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
});

test('too many messages a second are refused as retryable, and say when', async () => {
  const { native, chat_id } = await chatOfTwo({ messenger: { limits: { messages_per_second: 5 } } });
  const peer = await native('ann');
  for (let ref = 1; ref <= 12; ref++) peer.send({ type: 'send', ref, chat_id, content: 'fast' });
  const refused = await peer.next('error');
  expect(refused).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryable: true });
  expect(refused.retry_after_ms).toBeGreaterThan(0);
});

test('a request target that is no URL, and a broken handshake, are refused and end nothing', async () => {
  const { url, native } = await createWorld();
  const { port } = new URL(url);
  const statusOf = async (request: string): Promise<string> => {
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(request);
    const [data] = (await once(socket, 'data')) as [Buffer];
    return String(data).split('\r\n')[0] as string;
  };
  const upgrade = 'Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
  expect(await statusOf(`GET // HTTP/1.1\r\n${upgrade}`)).toContain('400');
  expect(await statusOf(`GET http://[ HTTP/1.1\r\n${upgrade}`)).toContain('400');
  expect(await statusOf(`GET ${socketPath}?token=ann HTTP/1.1\r\n${upgrade}`)).toContain('400');
  await native('ann');
});
