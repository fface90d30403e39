import { expect } from 'vitest';
import type { Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import {
  add,
  amongStrangers,
  group,
  people,
  privateChat,
  remove,
  start_at,
  unique,
  upTo,
  verdict,
  write,
} from './world.js';

const block = (storage: Storage, blocker_id: number, blocked_id: number, at = start_at) =>
  storage.blocks.add({ blocker_id, blocked_id, at });

const ascending = (ids: readonly number[]): number[] => [...ids].sort((a, b) => a - b);

/** The outcome of a group of these people. */
async function verdictOfGroup(storage: Storage, owner_id: number, member_ids: number[], client_id = unique()) {
  const made = storage.chats.createGroup({ owner_id, client_id, chat_name: 'G', member_ids, at: start_at });
  return made.then(
    () => 'made',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** Several do it again and again while a block is made; returns what came of the first of each that began after it. */
async function whileBlocking(
  prepare: () => Promise<() => Promise<string>>,
  blocking: () => Promise<void>,
): Promise<string[]> {
  let is_blocked = false;
  const actors = upTo(4).map(async () => {
    for (;;) {
      // A driver that answers at once would leave the others no turn.
      await new Promise((resolve) => setImmediate(resolve));
      const act = await prepare();
      const began_blocked = is_blocked;
      const outcome = await act();
      if (began_blocked) return outcome;
    }
  });
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  await blocking();
  is_blocked = true;
  return Promise.all(actors);
}

export const blockListCases: Cases<Bed> = {
  async 'keeps the blocked one from adding the blocker, and nobody else from adding either'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    await block(storage, ann, bob);
    const his = await group(storage, [bob, cem]);
    const hers = await group(storage, [ann, cem]);
    const outcomes = await write(
      storage,
      add(his, bob, ann),
      add(his, cem, ann),
      add(hers, ann, bob),
      // Back again, after the owner has taken her out.
      remove(his, bob, ann),
      add(his, bob, ann),
    );
    expect(outcomes.map(verdict)).toEqual(['BLOCKED', 'member', 'member', 'member', 'BLOCKED']);
    expect((await storage.members.of([his])).map((member) => member.user_id)).toEqual([bob, cem]);
  },

  async 'keeps the blocked one from making a group with the blocker, and leaves nothing of it'({ storage, probe }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const client_id = unique();
    expect(await verdictOfGroup(storage, bob, [bob, ann, cem], client_id)).toBe('made');
    await block(storage, ann, bob);
    const before = [await probe.count('chats'), await probe.count('members')];
    expect(await verdictOfGroup(storage, bob, [bob, cem, ann])).toBe('BLOCKED');
    expect([await probe.count('chats'), await probe.count('members')]).toEqual(before);
    // What was made before is answered as it was.
    expect(await verdictOfGroup(storage, bob, [bob, ann, cem], client_id)).toBe('made');
    for (const [owner, other] of [
      [ann, bob],
      [cem, ann],
      [bob, cem],
    ] as const) {
      expect(await verdictOfGroup(storage, owner, [owner, other])).toBe('made');
    }
  },

  async 'lets nobody in after its commit, however an addition races with it'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const groups: number[] = [];
    const prepare = async () => {
      const chat_id = await group(storage, [bob, cem]);
      groups.push(chat_id);
      return async () => verdict((await write(storage, add(chat_id, bob, ann)))[0]);
    };
    const outcomes = await whileBlocking(prepare, () => block(storage, ann, bob));
    expect(outcomes).toEqual(upTo(4).map(() => 'BLOCKED'));
    // Nor does anything come in that had begun before and is written later.
    const again = await write(storage, ...groups.map((chat_id) => add(chat_id, bob, ann)));
    expect(new Set(again.map(verdict))).not.toContain('member');
  },

  async 'lets no new group through after its commit, however the two race'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const outcomes = await whileBlocking(
      async () => () => verdictOfGroup(storage, bob, [bob, ann]),
      () => block(storage, ann, bob),
    );
    expect(outcomes).toEqual(upTo(4).map(() => 'BLOCKED'));
  },

  async 'waits for an addition that has looked, and is seen by one that has not'({ storage, another }) {
    if (!storage.transaction || storage.batching.scope === 'database') return;
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    // With a private chat the block need not lock the two for that chat's sake.
    await privateChat(storage, ann, bob);
    const chat_id = await group(storage, [bob, cem]);
    const other = another();
    let is_blocked = false;
    let blocking: Promise<void> | undefined;
    await storage.transaction(async (inside) => {
      const [outcome] = await inside.chats.write([add(chat_id, bob, ann)], (_, facts) => {
        expect(facts.is_blocked).toBe(false);
        return null;
      });
      expect(verdict(outcome)).toBe('member');
      blocking = block(other, ann, bob).then(() => {
        is_blocked = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(is_blocked).toBe(false);
    });
    await blocking;
    expect(await storage.blocks.of(ann, [bob])).toEqual([bob]);
  },

  async 'tells who is blocked, page by page and the latest first'({ storage }) {
    const [ann, ...others] = (await people(storage, 6)) as [number, ...number[]];
    for (const [n, user_id] of others.entries()) await block(storage, ann, user_id, start_at + n);
    // A repeat does not make it later.
    await block(storage, ann, others[0] as number, start_at + 100);
    await block(storage, others[1] as number, ann);
    const page = (limit: number, offset: number) => storage.blocks.list({ user_id: ann, limit, offset });
    const latest = [...others].reverse();
    expect(await page(10, 0)).toEqual(latest);
    expect([...(await page(2, 0)), ...(await page(2, 2)), ...(await page(2, 4))]).toEqual(latest);
    expect(await storage.blocks.list({ user_id: others[2] as number, limit: 10, offset: 0 })).toEqual([]);
  },

  async 'tells of some people who of them is blocked, or blocks'({ storage }) {
    const ids = await people(storage, 6);
    const [ann, bob, cem, dan, eve] = ids as [number, number, number, number, number];
    await block(storage, ann, bob);
    await block(storage, ann, dan);
    await block(storage, cem, ann);
    await block(storage, eve, ann);
    expect(ascending(await storage.blocks.of(ann, ids))).toEqual([bob, dan]);
    expect(await storage.blocks.of(ann, [cem, dan])).toEqual([dan]);
    expect(ascending(await storage.blocks.blockersOf(ann, ids))).toEqual([cem, eve]);
    expect(await storage.blocks.blockersOf(ann, [eve])).toEqual([eve]);
    expect([...(await storage.blocks.of(ann, [])), ...(await storage.blocks.blockersOf(ann, []))]).toEqual([]);
    const many = amongStrangers(...ids);
    expect(ascending(await storage.blocks.of(ann, many))).toEqual([bob, dan]);
    expect(ascending(await storage.blocks.blockersOf(ann, many))).toEqual([cem, eve]);
  },

  async 'tells of private chats the blocks between their two, and of groups none'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const pair = await privateChat(storage, ann, bob);
    const free = await privateChat(storage, ann, cem);
    const both = await group(storage, [ann, bob, cem]);
    expect(await storage.blocks.inPrivateChats([pair, free, both])).toEqual([]);
    expect(await storage.blocks.inPrivateChats([])).toEqual([]);
    await block(storage, ann, bob);
    const one = { chat_id: pair, blocker_id: ann, blocked_id: bob };
    expect(await storage.blocks.inPrivateChats([free, both, pair, 999_999])).toEqual([one]);
    await block(storage, bob, ann);
    const found = await storage.blocks.inPrivateChats([pair]);
    expect(found.sort((a, b) => a.blocker_id - b.blocker_id)).toEqual([
      one,
      { chat_id: pair, blocker_id: bob, blocked_id: ann },
    ]);
  },

  async 'knows who shares a private chat, and leaves out the two of a block'({ storage }) {
    const [ann, bob, cem, dan, eve] = (await people(storage, 5)) as [number, number, number, number, number];
    for (const other of [bob, cem, dan]) await privateChat(storage, ann, other);
    await group(storage, [ann, bob, eve]);
    await block(storage, ann, bob);
    await block(storage, cem, ann);
    const peers = await storage.members.peersOf([ann, bob, dan, eve]);
    expect(peers.sort((a, b) => a.user_id - b.user_id)).toEqual([
      { user_id: ann, peer_id: dan },
      { user_id: dan, peer_id: ann },
    ]);
    await storage.blocks.remove({ blocker_id: ann, blocked_id: bob });
    expect(await storage.members.peersOf([bob])).toEqual([{ user_id: bob, peer_id: ann }]);
    expect(await storage.members.peersOf([])).toEqual([]);
  },

  async 'hides the blocker from the search of the blocked, in whole pages'({ storage }) {
    const ids = await people(storage, 5);
    const [ann, bob, ...rest] = ids as [number, number, ...number[]];
    await storage.users.create(
      { first_name: 'Person with a phone', created_at: start_at },
      { kind: 'phone', lookup: '+491', secret: 's' },
    );
    const [phone] = await storage.users.search({ text: 'zzz', phone: '+491', limit: 9, offset: 0 });
    await block(storage, ann, bob);
    await block(storage, phone?.id as number, bob);
    const found = async (viewer_id: number, limit = 9) =>
      (await storage.users.search({ text: 'person', phone: null, viewer_id, limit, offset: 0 })).map((user) => user.id);
    expect(await found(bob)).toEqual([bob, ...rest]);
    expect(await found(bob, 2)).toEqual([bob, rest[0]]);
    expect(await found(ann)).toEqual([...ids, phone?.id]);
    const byPhone = { text: 'zzz', phone: '+491', limit: 9, offset: 0 };
    expect(await storage.users.search({ ...byPhone, viewer_id: bob })).toEqual([]);
    expect(await storage.users.search({ ...byPhone, viewer_id: ann })).toHaveLength(1);
  },
};
