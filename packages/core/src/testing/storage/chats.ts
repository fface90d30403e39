import { expect } from 'vitest';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { group, memberOf, people, privateChat, start_at, unique, upTo } from './world.js';

/** How chats come into being. */
export const chatCases: Cases<Bed> = {
  async 'opens one private chat per pair, whoever asks'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const first = await storage.chats.openPrivate({ user_ids: [bob, ann], at: start_at });
    expect(first).toMatchObject({
      created: true,
      chat: { chat_type: 'private', owner_id: null, rev: 1, meta_rev: 1, last_seq: 0, created_at: start_at },
    });
    const again = await storage.chats.openPrivate({ user_ids: [ann, bob], at: start_at + 1 });
    expect(again).toEqual({ chat: first.chat, created: false });
    expect(await probe.count('members')).toBe(2);
    expect(await memberOf(storage, first.chat.id, ann)).toMatchObject({ role: 'member', rev: 1, left_at: null });
  },

  async 'gives those who race to open a private chat the same one, created once'({ storage, probe }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const open = (a: number, b: number) => storage.chats.openPrivate({ user_ids: [a, b], at: start_at });
    const opened = await Promise.all(upTo(20).map((n) => (n % 2 ? open(ann, bob) : open(bob, ann))));
    expect(new Set(opened.map(({ chat }) => chat.id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
    expect((await open(ann, cem)).created).toBe(true);
    expect([await probe.count('chats'), await probe.count('members')]).toEqual([2, 4]);
  },

  async 'makes a group with its members at rev 1'({ storage }) {
    const ids = await people(storage, 3);
    const [ann, bob] = ids as [number, number];
    const chat_id = await group(storage, ids);
    const [view] = await storage.chats.views(bob, [chat_id]);
    expect(view?.chat).toMatchObject({
      chat_type: 'group',
      chat_name: 'A group',
      owner_id: ann,
      rev: 1,
      pair_key: null,
    });
    const members = await storage.members.of([chat_id]);
    expect(members.map(({ user_id, role, rev }) => [user_id, role, rev])).toEqual(
      ids.map((id) => [id, id === ann ? 'owner' : 'member', 1]),
    );
    expect(members.map(({ user }) => user.id)).toEqual(ids);
  },

  async 'answers a repeated client id with the first group, also in a race'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const make = (owner_id: number, client_id: string, chat_name = 'A') =>
      storage.chats.createGroup({ owner_id, client_id, chat_name, member_ids: [ann, bob], at: start_at });
    const client_id = unique();
    const made = await Promise.all(upTo(20).map((n) => make(ann, client_id, `Name ${n}`)));
    expect(new Set(made.map(({ chat }) => chat.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(made.map(({ chat }) => chat.chat_name)).size).toBe(1);
    // The id is its owner's own: the same one from somebody else is another group.
    expect((await make(bob, client_id)).created).toBe(true);
    expect([await probe.count('chats'), await probe.count('members')]).toEqual([2, 4]);
  },

  async 'throws for members that do not exist, and leaves nothing'({ storage, probe }) {
    const [ann] = (await people(storage, 1)) as [number];
    await expect(group(storage, [ann, 999_999])).rejects.toThrow();
    await expect(privateChat(storage, ann, 999_999)).rejects.toThrow();
    await expect(group(storage, [ann, ann])).rejects.toThrow();
    expect([await probe.count('chats'), await probe.count('members')]).toEqual([0, 0]);
    expect(await storage.chats.heads(ann)).toEqual([]);
  },

  async 'takes large groups'({ storage }) {
    const ids = await people(storage, 100);
    const chat_id = await group(storage, ids);
    expect((await storage.members.of([chat_id])).map((member) => member.user_id)).toEqual(ids);
  },
};
