import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller, Storage } from '@dialect/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, has_mysql } from '../../../tests/support/mysql.js';
import { createWorld, type Peer } from './harness.js';

const databases: [string, () => Promise<Storage>][] = [
  ['SQLite', async () => sqlite(':memory:')],
  [
    'MySQL or MariaDB',
    async () => {
      const database = await createDatabase();
      onTestFinished(() => database.remove());
      return mysql(database.url);
    },
  ],
];

describe.each(databases)('over open sockets, on %s', (name, open) => {
  const live = test.skipIf(name !== 'SQLite' && !has_mysql);
  const modes = ['plain', 'native'] as const;
  type Mode = (typeof modes)[number];

  async function start(native_grace_ms = 10_000) {
    const world = await createWorld({ messenger: { storage: await open() }, socket: { native_grace_ms } });
    const [ann, ben] = [await world.person('ann'), await world.person('ben')];
    const { id } = await world.messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
    const connect = (mode: Mode, person: string): Promise<Peer> => world[mode](person);
    const { messenger } = world;
    const block = (blocker: Caller, { user_id }: Caller) => messenger.users.block(blocker, { user_id });
    return { ...world, ann, ben, chat_id: id, connect, block };
  }

  live.each(modes)('a block is seen by an open socket (%s)', async (mode) => {
    const { connect, messenger, ann, ben, chat_id, block } = await start();
    const [annPeer, benPeer] = [await connect(mode, 'ann'), await connect(mode, 'ben')];
    benPeer.send({ type: 'new_message', ref: 1, chat_id, content: 'before' });
    await benPeer.next(1);
    await block(ann, ben);
    benPeer.send({ type: 'new_message', ref: 2, chat_id, content: 'refused' });
    expect(await benPeer.next(2)).toMatchObject({ type: 'error', code: 'BLOCKED' });
    annPeer.send({ type: 'new_message', ref: 1, chat_id, content: 'the blocker may' });
    await annPeer.next(1);
    await messenger.users.unblock(ann, { user_id: ben.user_id });
    benPeer.send({ type: 'new_message', ref: 3, chat_id, content: 'after' });
    await benPeer.next(3);
    for (const peer of [annPeer, benPeer]) {
      await peer.settled();
      expect(peer.all('new_message').map((frame) => frame.content)).toEqual(['before', 'the blocker may', 'after']);
    }
  });

  live.each(modes)('read receipts of newer messages are not lost on a long-open socket (%s)', async (mode) => {
    const { connect, ann, ben, chat_id } = await start();
    const [annPeer, benPeer] = [await connect(mode, 'ann'), await connect(mode, 'ben')];
    for (let seq = 1; seq <= 5; seq++) {
      annPeer.send({ type: 'new_message', ref: seq, chat_id, content: `${seq}` });
      const message = await benPeer.next('new_message');
      benPeer.send({ type: 'read', chat_id, message_id: message.id });
      const receipt = { chat_id, user_id: ben.user_id, last_read_id: message.id, seq };
      await expect.poll(() => annPeer.all('message_read')).toContainEqual(expect.objectContaining(receipt));
    }
    // Nor does a sender hear that they have read what they wrote.
    expect(annPeer.all('message_read').filter((frame) => frame.user_id === ann.user_id)).toEqual([]);
  });

  live.each(modes)('a block hides typing, receipts and coming and going (%s)', async (mode) => {
    const { connect, messenger, ann, ben, person, plain, chat_id, block } = await start(0);
    const cem = await person('cem');
    const members = { chat_name: 'G', participant_ids: [ben.user_id, cem.user_id] };
    const group = await messenger.chats.createGroup(ann, members);
    const other = await messenger.chats.createPrivate(cem, { target_user_id: ann.user_id });
    await messenger.messages.send(ben, { chat_id, content: 'read me' });
    const [annPeer, benPeer, cemPeer] = [await connect(mode, 'ann'), await connect(mode, 'ben'), await plain('cem')];
    await expect.poll(() => cemPeer.all('user_status').length).toBeGreaterThan(0);
    await expect.poll(() => benPeer.all('user_status').some((frame) => frame.user_id === ann.user_id)).toBe(true);
    await block(ann, ben);
    // Whoever had seen her there is told that she is not.
    await expect.poll(() => benPeer.all('user_status').at(-1)?.is_online).toBe(false);
    const before = [annPeer, benPeer].map((peer) => peer.all('user_status').length);

    const typing = mode === 'plain' ? 'typing_indicator' : 'typing';
    for (const peer of [annPeer, benPeer]) {
      for (const id of [chat_id, group.id]) peer.send({ type: 'typing', ref: id, chat_id: id, is_typing: true });
      await peer.next(group.id);
    }
    annPeer.send({ type: 'read', ref: 99, chat_id, seq: 1 });
    await annPeer.next(99);
    const second = await connect(mode, 'ann');
    for (const peer of [second, annPeer]) peer.ws.close();
    await expect
      .poll(() => cemPeer.all('user_status').at(-1))
      .toMatchObject({ user_id: ann.user_id, is_online: false });
    await messenger.messages.typing(cem, { chat_id: other.id, is_typing: true });
    await benPeer.settled();
    expect(annPeer.all(typing).map((frame) => frame.chat_id)).toEqual([group.id]);
    expect(benPeer.all(typing).map((frame) => frame.chat_id)).toEqual([group.id]);
    expect(benPeer.all('message_read').filter((frame) => frame.user_id === ann.user_id)).toEqual([]);
    expect([annPeer, benPeer].map((peer) => peer.all('user_status').length)).toEqual(before);
    // Who has blocked whom is in no frame.
    for (const peer of [annPeer, benPeer, cemPeer])
      expect(JSON.stringify(peer.frames)).not.toMatch(/hidden_from|"to":\[/);
  });

  live('a member who joins is without profile for those whom they have blocked', async () => {
    const { connect, messenger, ann, ben, person, block } = await start();
    const cem = await person('cem');
    const members = { chat_name: 'G', participant_ids: [ben.user_id] };
    const group = await messenger.chats.createGroup(cem, members);
    const [annPeer, benPeer, cemPeer] = await Promise.all(['ann', 'ben', 'cem'].map((one) => connect('native', one)));
    await block(ann, ben);
    await messenger.chats.addMember(cem, { chat_id: group.id, user_id: ann.user_id });
    const seen = async (peer?: Peer) => {
      const frame = await peer?.next('member_changed');
      return (frame?.member as { is_online: boolean } | undefined)?.is_online;
    };
    expect([await seen(annPeer), await seen(benPeer), await seen(cemPeer)]).toEqual([true, false, true]);
  });

  live.each(modes)('a second device of the same user hears everything (%s)', async (mode) => {
    const { connect, chat_id, ann, ben } = await start();
    const peers = [await connect(mode, 'ann'), await connect(mode, 'ann'), await connect(mode, 'ben')] as const;
    const [first, second, benPeer] = peers;
    first.send({ type: 'new_message', ref: 1, chat_id, content: 'mine' });
    benPeer.send({ type: 'new_message', ref: 1, chat_id, content: 'theirs' });
    const message = await second.next('new_message');
    await second.next('new_message');
    expect(
      second
        .all('new_message')
        .map((frame) => frame.content)
        .sort(),
    ).toEqual(['mine', 'theirs']);
    expect(message.chat_id).toBe(chat_id);
    first.send({ type: 'read', ref: 2, chat_id, seq: 2 });
    const read = expect.objectContaining({ user_id: ann.user_id, seq: 2 });
    await expect.poll(() => benPeer.all('message_read')).toContainEqual(read);
    // Native ones know whose it is; a plain one would take it for somebody else's.
    if (mode === 'native') await expect.poll(() => second.all('message_read')).toContainEqual(read);
    else expect(second.all('message_read').filter((frame) => frame.user_id === ann.user_id)).toEqual([]);
    benPeer.send({ type: 'typing', chat_id, is_typing: true });
    const typing = mode === 'plain' ? 'typing_indicator' : 'typing';
    expect(await second.next(typing)).toMatchObject({ user_id: ben.user_id });
  });
});

test('coming and going is told to the other of a private chat, with all its fields', async () => {
  const { plain, native, messenger, person } = await createWorld();
  const [ann, ben] = [await person('ann'), await person('ben')];
  await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  const [stranger, watcher, nativeWatcher] = [await plain('eve'), await plain('ben'), await native('ben')];
  const devices = [await plain('ann'), await plain('ann')];
  const online = await watcher.next('user_status');
  expect(online).toEqual({
    type: 'user_status',
    user_id: ann.user_id,
    is_online: true,
    status: 'online',
    last_seen_at: expect.stringMatching(/Z$/),
  });
  expect(await nativeWatcher.next('user_status')).toEqual(online);
  for (const device of devices) device.ws.close();
  expect(await watcher.next('user_status')).toMatchObject({ is_online: false, status: 'offline' });
  await stranger.settled();
  expect([watcher.all('user_status').length, stranger.all('user_status')]).toEqual([2, []]);
});

test('a native client that comes back within its grace is never gone; one that stays away is', async () => {
  const { plain, native, messenger, person } = await createWorld({ socket: { native_grace_ms: 1_500 } });
  const [ann, ben] = [await person('ann'), await person('ben')];
  await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  const watcher = await plain('ben');
  let phone = await native('ann');
  await watcher.next('user_status');
  for (let flap = 0; flap < 3; flap++) {
    phone.ws.terminate();
    // Longer than changes are gathered.
    await new Promise((resolve) => setTimeout(resolve, 700));
    phone = await native('ann');
  }
  await watcher.settled();
  expect(watcher.all('user_status')).toHaveLength(1);
  phone.ws.terminate();
  expect(await watcher.next('user_status')).toMatchObject({ user_id: ann.user_id, is_online: false });
});

test('typing: only a repeat of the same state on the same socket is dropped', async () => {
  const { plain, messenger, person } = await createWorld();
  const [ann, ben] = [await person('ann'), await person('ben')];
  const { id: chat_id } = await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  const group = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [ben.user_id] });
  const [one, two, watcher] = [await plain('ann'), await plain('ann'), await plain('ben')];
  const say = async (peer: Peer, is_typing: boolean, id = chat_id) => {
    peer.send({ type: 'typing', ref: 7, chat_id: id, is_typing });
    expect(await peer.next(7)).toMatchObject({ type: 'ok' });
  };
  for (let repeat = 0; repeat < 3; repeat++) await say(one, true);
  await say(two, true);
  await say(one, true, group.id);
  await say(one, false);
  await say(one, true);
  await watcher.settled();
  const heard = watcher.all('typing_indicator').map((frame) => [frame.chat_id, frame.is_typing]);
  expect(heard).toEqual([
    [chat_id, true],
    [chat_id, true],
    [group.id, true],
    [chat_id, false],
    [chat_id, true],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 2_050));
  await say(one, true);
  await watcher.settled();
  expect(watcher.all('typing_indicator')).toHaveLength(6);
  // What is refused is refused each time.
  const eve = await plain('eve');
  for (const ref of [1, 2]) eve.send({ type: 'typing', ref, chat_id, is_typing: true });
  for (const ref of [1, 2]) expect(await eve.next(ref)).toMatchObject({ code: 'NOT_A_MEMBER' });
});
