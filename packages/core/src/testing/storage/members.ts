import { expect } from 'vitest';
import type { MarkOutcome, MarkRequest, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { createRandom } from '../random.js';
import type { Bed } from './test-database.js';
import {
  add,
  group,
  lookWhile,
  memberOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
  upTo,
} from './world.js';

const mark = (
  kind: MarkRequest['kind'],
  chat_id: number,
  user_id: number,
  seq: number,
  at = start_at,
): MarkRequest => ({
  kind,
  chat_id,
  user_id,
  seq,
  at,
});

async function one(storage: Storage, ...request: Parameters<typeof mark>): Promise<MarkOutcome> {
  return (await storage.members.advance([mark(...request)]))[0] as MarkOutcome;
}

const urevOf = async (storage: Storage, id: number): Promise<number> =>
  (await storage.users.get([id]))[0]?.urev as number;

/** Who is in a chat, and how far they have come. */
export const memberCases: Cases<Bed> = {
  async 'knows present, departed and strange members apart'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    await mustWrite(storage, remove(chat_id, bob, bob, start_at + 3));
    expect(await storage.members.get(chat_id, ann)).toMatchObject({ role: 'owner', left_at: null });
    expect(await storage.members.get(chat_id, bob)).toMatchObject({ left_at: start_at + 3, rev: 2 });
    expect(await storage.members.get(chat_id, cem)).toBeNull();
    expect(await storage.members.get(999_999, ann)).toBeNull();
  },

  async 'lists the present members of chats in the order in which they joined'({ storage }) {
    const [ann, bob, cem, dan] = (await people(storage, 4)) as [number, number, number, number];
    const one = await group(storage, [ann, bob, cem]);
    const two = await privateChat(storage, ann, dan);
    await mustWrite(storage, remove(one, ann, bob), add(one, ann, dan, start_at + 1), add(one, ann, bob, start_at + 2));
    const members = await storage.members.of([one, two, 999_999]);
    const inChat = (id: number) => members.filter((member) => member.chat_id === id).map((member) => member.user_id);
    expect([inChat(one), inChat(two)]).toEqual([
      [ann, cem, dan, bob],
      [ann, dan],
    ]);
    for (const member of members) expect(member.user.id).toBe(member.user_id);
    expect(await storage.members.of([])).toEqual([]);
    expect((await storage.members.standings(two)).map((row) => row.user_id).sort((a, b) => a - b)).toEqual([ann, dan]);
  },

  async 'has a profile for every member it lists while people come and go'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const going = (async () => {
      for (let n = 0; n < 120; n++) await mustWrite(storage, (n % 2 ? add : remove)(chat_id, ann, bob));
    })();
    const looks = await lookWhile(going, async () => {
      for (const member of await storage.members.of([chat_id])) expect(member.user?.id).toBe(member.user_id);
    });
    expect(looks).toBeGreaterThan(10);
  },

  async 'moves marks forward and never back'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const messages = await post(storage, chat_id, ann, 5);
    const at = (seq: number) => ({ seq, message_id: messages[seq - 1]?.id });
    expect(await one(storage, 'delivered', chat_id, bob, 2)).toEqual({
      kind: 'marked',
      read_seq: 0,
      delivered_seq: 2,
      moved_to: at(2),
    });
    expect(await one(storage, 'read', chat_id, bob, 4)).toEqual({
      kind: 'marked',
      read_seq: 4,
      delivered_seq: 4,
      moved_to: at(4),
    });
    expect(await one(storage, 'read', chat_id, bob, 3)).toEqual({
      kind: 'marked',
      read_seq: 4,
      delivered_seq: 4,
      moved_to: null,
    });
    expect(await one(storage, 'delivered', chat_id, bob, 1)).toMatchObject({
      read_seq: 4,
      delivered_seq: 4,
      moved_to: null,
    });
    expect(await one(storage, 'delivered', chat_id, bob, 5)).toMatchObject({
      read_seq: 4,
      delivered_seq: 5,
      moved_to: at(5),
    });
    expect(await one(storage, 'read', chat_id, bob, 0)).toMatchObject({
      read_seq: 4,
      delivered_seq: 5,
      moved_to: null,
    });
    expect(await storage.members.standings(chat_id)).toContainEqual({
      user_id: bob,
      joined_seq: 0,
      read_seq: 4,
      delivered_seq: 5,
      cleared_seq: 0,
      hidden_count: 0,
      chat_rev: 6,
    });
    // Marks are no change of the chat.
    expect((await storage.chats.heads(ann))[0]?.rev).toBe(6);
  },

  async 'clamps marks to the last message'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    expect(await one(storage, 'read', chat_id, bob, 7)).toEqual({
      kind: 'marked',
      read_seq: 0,
      delivered_seq: 0,
      moved_to: null,
    });
    await post(storage, chat_id, ann, 2);
    expect(await one(storage, 'read', chat_id, bob, Number.MAX_SAFE_INTEGER)).toMatchObject({
      read_seq: 2,
      moved_to: { seq: 2 },
    });
    await post(storage, chat_id, ann, 1);
    expect((await memberOf(storage, chat_id, bob)).read_seq).toBe(2);
  },

  async 'refuses the marks of strangers and of the departed, and takes their neighbours'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 3);
    await mustWrite(storage, remove(chat_id, ann, bob));
    const outcomes = await storage.members.advance([
      mark('read', chat_id, bob, 3),
      mark('read', chat_id, cem, 3),
      mark('read', 999_999, ann, 3),
      mark('delivered', chat_id, ann, 2),
    ]);
    const refused = { kind: 'refused', code: 'NOT_A_MEMBER' };
    expect(outcomes).toEqual([
      refused,
      refused,
      refused,
      expect.objectContaining({ kind: 'marked', delivered_seq: 2 }),
    ]);
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ read_seq: 0, delivered_seq: 0 });
    expect([await urevOf(storage, bob), await urevOf(storage, cem)]).toEqual([0, 0]);
  },

  async 'keeps one row in the read log for each move of a read mark'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, ann, 9);
    await one(storage, 'read', chat_id, bob, 2, start_at + 1);
    await one(storage, 'read', chat_id, bob, 1, start_at + 2);
    await one(storage, 'delivered', chat_id, bob, 9, start_at + 3);
    await one(storage, 'read', chat_id, bob, 99, start_at + 4);
    await one(storage, 'read', chat_id, bob, 99, start_at + 5);
    expect(await probe.readLog(chat_id, bob)).toEqual([
      { seq: 2, at: start_at + 1 },
      { seq: 9, at: start_at + 4 },
    ]);
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ read_at: start_at + 4 });
  },

  async 'raises a user’s urev once for a whole flush'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const one = await group(storage, [ann, bob]);
    const two = await group(storage, [ann, bob]);
    await post(storage, one, ann, 2);
    await post(storage, two, ann, 2);
    await storage.members.advance([
      mark('read', two, bob, 1),
      mark('delivered', one, bob, 2),
      mark('read', one, ann, 1),
    ]);
    expect([await urevOf(storage, ann), await urevOf(storage, bob)]).toEqual([1, 1]);
    await storage.members.advance([mark('read', two, bob, 1)]);
    expect(await urevOf(storage, bob)).toBe(1);
    expect(await storage.members.advance([])).toEqual([]);
  },

  async 'ends at the furthest of the marks that race, and has a log without repeats'({ storage, probe }) {
    const random = createRandom(5);
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, ann, 50);
    const outcomes = await Promise.all(
      upTo(60).map((n) => one(storage, n % 3 ? 'read' : 'delivered', chat_id, bob, 1 + random.int(n === 30 ? 50 : 40))),
    );
    const member = await memberOf(storage, chat_id, bob);
    const furthest = Math.max(...outcomes.map((outcome) => (outcome.kind === 'marked' ? outcome.read_seq : 0)));
    expect(member.read_seq).toBe(furthest);
    const moves = outcomes.flatMap((outcome, n) =>
      (n + 1) % 3 && outcome.kind === 'marked' && outcome.moved_to ? outcome.moved_to.seq : [],
    );
    const log = await probe.readLog(chat_id, bob);
    expect(moves.sort((a, b) => a - b)).toEqual(log.map(({ seq }) => seq));
    expect(new Set(moves).size).toBe(moves.length);
  },
};
