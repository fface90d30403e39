import { once } from 'node:events';
import { connect } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { socketPath } from '@dialect/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { createWorld } from './harness.js';
import { connectRaw } from './raw-client.js';

async function chatOfTwo(options?: Parameters<typeof createWorld>[0]) {
  const world = await createWorld(options);
  const [ann, ben] = [await world.person('ann'), await world.person('ben')];
  const { id } = await world.messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  return { ...world, ann, ben, chat_id: id };
}

test('who was told to close neither hears nor does anything more, and is gone soon', async () => {
  const { url, messenger, ann, ben, chat_id, transport } = await chatOfTwo({ socket: { sweep_ms: 20 } });
  const client = await connectRaw(url, { type: 'hello', v: 1, token: `ben@${Date.now() + 300}` });
  await expect.poll(() => client.text()).toContain('"ready"');
  // 0x88: the close frame of the expired token. The client does not answer it.
  await expect.poll(() => client.text()).toContain('\u0088');
  client.send({ type: 'send', ref: 1, chat_id, content: 'after the close' });
  await messenger.messages.send(ann, { chat_id, content: 'not for the expired' });
  await expect.poll(() => transport.size, { timeout: 10_000 }).toBe(0);
  expect(client.text()).not.toContain('not for the expired');
  expect((await messenger.messages.history(ben, { chat_id })).map((message) => message.content)).toEqual([
    'not for the expired',
  ]);
});

test('nobody can fill the queue of marks for the others', async () => {
  const { native, messenger, ann, ben, chat_id } = await chatOfTwo({ messenger: { marks_delay_ms: 1_000 } });
  await messenger.messages.send(ann, { chat_id, content: 'read me' });
  const marks = Array.from({ length: 1_000 }, (_, index) => [index + 100, 1]);
  for (let sockets = 0; sockets < 5; sockets++) {
    const eve = await native('eve');
    for (let ref = 1; ref <= 40; ref++) eve.send({ type: 'recv', ref, marks });
    await eve.next(1);
  }
  const mark = await messenger.messages.markRead(ben, { chat_id, seq: 1 });
  expect(mark.read_seq).toBe(1);
});

test('heads of chats that the server does not know, however many, end in ready', async () => {
  const { native, messenger, ann } = await chatOfTwo();
  const { epoch } = await messenger.sync.heads(ann);
  const peer = await native(null);
  const heads = (from: number) => Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [from + n, 1]));
  peer.send({ type: 'hello', v: 1, token: 'ann', epoch, heads: heads(1_000), more_heads: true });
  for (let part = 2; part <= 20; part++) peer.send({ type: 'heads', heads: heads(part * 1_000), more: part < 20 });
  await peer.next('ready');
  expect(peer.all('reset')).toHaveLength(20_000);
});

test('a refused upgrade leaves no socket behind, though its client keeps its side open', async () => {
  const { url } = await createWorld();
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const broken = once(socket, 'error');
  socket.write(`GET ${socketPath} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
  socket.resume();
  await once(socket, 'end');
  // Nobody is there any more: the first write is answered with a reset, the next one fails.
  const writing = setInterval(() => socket.write('x'), 10);
  onTestFinished(() => clearInterval(writing));
  await broken;
});

test('draining starts no further commands', async () => {
  const { native, messenger, ann, chat_id, transport } = await chatOfTwo();
  const peer = await native('ann');
  for (let ref = 1; ref <= 5_000; ref++) peer.send({ type: 'send', ref, chat_id, content: 'flood' });
  await peer.next(1);
  await transport.close();
  await peer.closed;
  const stored = (await messenger.chats.get(ann, { chat_id })).last_seq;
  expect(stored).toBeLessThan(5_000);
  // What was stored was acknowledged, and the other way round.
  expect(peer.all('ok')).toHaveLength(stored);
});

test('whoever is removed between the look at the members and the rows learns of the removal only', async () => {
  const storage = sqlite(':memory:');
  const { messenger, person } = await createWorld({ messenger: { storage } });
  const [ann, eve] = [await person('ann'), await person('eve')];
  const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [eve.user_id] });
  let meanwhile = async (): Promise<void> => undefined;
  // As a slow database would have it: something happens between two reads of one call.
  for (const method of ['get', 'standings'] as const) {
    const read = storage.members[method].bind(storage.members) as (...key: number[]) => Promise<unknown>;
    storage.members[method] = (async (...key: number[]) => {
      const found = await read(...key);
      const work = meanwhile;
      meanwhile = async () => undefined;
      await work();
      return found;
    }) as never;
  }
  const removal = async (): Promise<void> => {
    await messenger.chats.removeMember(ann, { chat_id, user_id: eve.user_id });
    await messenger.messages.send(ann, { chat_id, content: 'secret' });
  };
  for (const since of [1, 0]) {
    meanwhile = removal;
    const answer = await messenger.sync.changes(eve, { chat_id, since }).catch((error: { code: string }) => error.code);
    expect(JSON.stringify(answer)).not.toContain('secret');
    await messenger.chats.addMember(ann, { chat_id, user_id: eve.user_id });
  }
  meanwhile = removal;
  await expect(messenger.messages.history(eve, { chat_id })).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
});

test('pages are bounded by their content, and go on where they were cut', async () => {
  const { messenger, native, ann, chat_id } = await chatOfTwo();
  const content = '\u0001'.repeat(50_000);
  for (let n = 0; n < 12; n++) await messenger.messages.send(ann, { chat_id, content });
  const seqs: number[] = [];
  for (let since = 1, more = true; more; ) {
    const page = await messenger.sync.changes(ann, { chat_id, since });
    expect(page.messages.reduce((sum, row) => sum + row.content.length, 0)).toBeLessThanOrEqual(256 * 1024);
    seqs.push(...page.messages.map((row) => row.seq));
    ({ to: since, more } = page);
  }
  expect(seqs).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  const { epoch } = await messenger.sync.heads(ann);
  const peer = await native('ben', { epoch, heads: { [chat_id]: 1 } });
  expect(peer.all('changes').flatMap((page) => page.messages as unknown[])).toHaveLength(12);
});
