import { expect } from 'vitest';
import { isMessengerError } from '../../errors.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import {
  amongStrangers,
  append,
  group,
  memberOf,
  messageOf,
  mustWrite,
  people,
  post,
  privateChat,
  start_at,
  unique,
} from './world.js';

/** What a collation may take for one key: case, accents, normal forms, spaces, signs that it gives no weight. */
const alike = [
  'key',
  'Key',
  'kéy',
  'ke\u0301y',
  'key ',
  ' key',
  'ｋｅｙ',
  'ke\u00ady',
  'key👍',
  'key👎',
  'keyß',
  'keyss',
];

/** Beyond 32 bits, and not to be had from a float of 32 either. */
const large = 2 ** 40 + 1;

/** That the storage compares and counts as the core does: byte by byte, in 53 bits. */
export const keyCases: Cases<Bed> = {
  async 'tells hosts’ users apart by every byte of their ids'({ storage }) {
    const users = [];
    for (const external_id of alike) users.push(await storage.users.upsert({ external_id, at: start_at }));
    expect(new Set(users.map((user) => user.id)).size).toBe(alike.length);
    for (const user of users) {
      const { external_id } = user;
      expect(await storage.users.upsert({ external_id: external_id as string, at: start_at + 1 })).toEqual(user);
    }
  },

  async 'tells usernames and credentials apart by every byte'({ storage }) {
    for (const name of alike) {
      const user = { first_name: 'Ann', username: name, username_key: name, created_at: start_at };
      expect(await storage.users.isUsernameTaken(name)).toBe(false);
      const created = await storage.users.create(user, { kind: 'phone', lookup: name, secret: `secret of ${name}` });
      expect(created).toMatchObject({ user });
    }
    for (const name of alike) {
      expect(await storage.users.isUsernameTaken(name)).toBe(true);
      expect(await storage.credentials.find('phone', name)).toMatchObject({ secret: `secret of ${name}` });
    }
    expect(await storage.users.isUsernameTaken('KEY')).toBe(false);
    expect(await storage.credentials.find('phone', 'key  ')).toBeNull();
    expect((await storage.users.usernames(0, 99)).map((row) => row.username_key)).toEqual(alike);
  },

  async 'takes NUL in a name and in a search, or refuses it as the caller’s mistake'({ storage }) {
    const orRefused = (answer: Promise<unknown>): Promise<unknown> =>
      answer.catch((error: unknown) => {
        if (isMessengerError(error) && error.code === 'INVALID_INPUT') return 'refused';
        throw error;
      });
    const first_name = 'Ann\0a';
    const user = await orRefused(storage.users.upsert({ external_id: unique(), first_name, at: start_at }));
    if (user !== 'refused') expect(user).toMatchObject({ first_name });
    const found = await orRefused(storage.users.search({ text: 'ann\0a', phone: null, limit: 9, offset: 0 }));
    expect(found).toEqual(user === 'refused' ? 'refused' : [user]);
    expect(['refused', false]).toContain(await orRefused(storage.users.isUsernameTaken('ann\0a')));
  },

  async 'takes ids beyond 32 bits, of users, chats and messages'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [first] = await post(storage, chat_id, bob);

    await probe.renumber('messages', first?.id as number, large);
    expect(await storage.messages.find(chat_id, large)).toEqual({ ...first, id: large });
    const [reply] = await mustWrite(storage, append(chat_id, bob, { reply_to_id: large }));
    expect(messageOf(reply).reply_to_id).toBe(large);

    await probe.renumber('users', ann, large);
    expect(await storage.users.get([large])).toMatchObject([{ id: large }]);
    const pair = { user_ids: [bob, large], at: start_at } satisfies { user_ids: [number, number]; at: number };
    const opened = await storage.chats.openPrivate(pair);
    await post(storage, opened.chat.id, large);
    expect(await memberOf(storage, opened.chat.id, large)).toMatchObject({ user_id: large });

    await probe.renumber('chats', opened.chat.id, large);
    expect(await storage.chats.openPrivate(pair)).toMatchObject({ chat: { id: large }, created: false });
  },

  async 'takes any number of ids at once, and answers once for each that is there'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const pair = await privateChat(storage, ann, bob);
    const other = await group(storage, [bob, cem]);
    await storage.blocks.add({ blocker_id: cem, blocked_id: bob, at: start_at });
    await storage.blocks.add({ blocker_id: bob, blocked_id: cem, at: start_at });
    await storage.devices.add({ fcm_token: 'a', user_id: ann, device_type: 'ios', seen_at: start_at, max: 1 });
    const users = amongStrangers(ann, bob);
    const chats = amongStrangers(pair, other);
    const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id).sort((a, b) => a - b);
    expect(ids(await storage.users.get(users))).toEqual([ann, bob]);
    expect(await storage.devices.of(users)).toMatchObject([{ user_id: ann }]);
    expect(await storage.blocks.of(cem, users)).toEqual([bob]);
    expect(await storage.blocks.blockersOf(cem, users)).toEqual([bob]);
    expect(await storage.blocks.inPrivateChats(chats)).toEqual([]);
    expect((await storage.members.peersOf(users)).sort((a, b) => a.user_id - b.user_id)).toEqual([
      { user_id: ann, peer_id: bob },
      { user_id: bob, peer_id: ann },
    ]);
    const members = (await storage.members.of(chats)).map(({ chat_id, user, role }) => [chat_id, user.id, role]);
    expect(members).toEqual([
      [pair, ann, 'member'],
      [pair, bob, 'member'],
      [other, bob, 'owner'],
      [other, cem, 'member'],
    ]);
    expect(ids((await storage.chats.views(bob, chats)).map(({ chat }) => chat))).toEqual([pair, other]);
  },
};
