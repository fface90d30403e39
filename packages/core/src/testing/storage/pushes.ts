import { expect } from 'vitest';
import type { DuePush, NewPush, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import {
  add,
  amongStrangers,
  append,
  group,
  messageOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
  upTo,
  write,
} from './world.js';

const all = { at: start_at, until: start_at + 1_000, limit: 100 };

const notifying = (chat_id: number, actor_id: number) => append(chat_id, actor_id, { notify: true });
const pushTo = (user_id: number, seq: number, given: Partial<NewPush> = {}): NewPush => ({
  user_id,
  seq,
  at: start_at,
  due_at: start_at,
  ...given,
});

interface Scene {
  chat_id: number;
  ann: number;
  bob: number;
}

/** A private chat in which Ann has written so many messages that stand in the outbox. */
async function scene(storage: Storage, count = 1): Promise<Scene> {
  const [ann, bob] = (await people(storage, 2)) as [number, number];
  const chat_id = await privateChat(storage, ann, bob);
  await mustWrite(storage, ...upTo(count).map(() => notifying(chat_id, ann)));
  return { chat_id, ann, bob };
}

/** The same, with its push to Bob. */
async function expanded(storage: Storage, given: Partial<NewPush> = {}): Promise<Scene> {
  const made = await scene(storage);
  await storage.pushes.expand([{ chat_id: made.chat_id, seq: 1, pushes: [pushTo(made.bob, 1, given)] }]);
  return made;
}

/** Another message, and its push. */
async function another(storage: Storage, { chat_id, ann, bob }: Scene, given: Partial<NewPush> = {}): Promise<void> {
  const { seq } = messageOf((await mustWrite(storage, notifying(chat_id, ann)))[0]);
  await storage.pushes.expand([{ chat_id, seq, pushes: [pushTo(bob, seq, given)] }]);
}

const take = (storage: Storage, at = start_at): Promise<DuePush[]> =>
  storage.pushes.take({ at, until: at + 1_000, limit: 100 });

export const pushCases: Cases<Bed> = {
  async 'puts into the outbox what asks for it and is stored, once'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const meta = '{"mentions":[7]}';
    const message = append(chat_id, ann, { notify: true, meta });
    const stranger = (await people(storage, 1))[0] as number;
    await write(storage, message, append(chat_id, bob), message, notifying(chat_id, stranger), notifying(chat_id, bob));
    await write(storage, message);
    expect(await storage.pushes.outbox(10)).toEqual([
      { chat_id, seq: 1, sender_id: ann, at: start_at, meta },
      { chat_id, seq: 3, sender_id: bob, at: start_at, meta: null },
    ]);
    expect(await storage.pushes.outbox(1)).toHaveLength(1);
  },

  async 'puts many into the outbox with one write'({ storage }) {
    const { chat_id, ann } = await scene(storage, 200);
    const seqs = (await storage.pushes.outbox(1_000)).map((row) => [row.chat_id, row.seq, row.sender_id]);
    expect(seqs).toEqual(upTo(200).map((seq) => [chat_id, seq, ann]));
  },

  async 'names the others who are there, have a device and do not block the sender'({ storage }) {
    const users = await people(storage, 6);
    const [ann, bob, cem, dan, eve, fay] = users as [number, number, number, number, number, number];
    const chat_id = await group(storage, users);
    for (const user_id of [ann, bob, dan, eve, fay]) {
      for (const n of [1, 2]) {
        const device = { fcm_token: `${user_id}-${n}`, device_type: 'android', seen_at: start_at } as const;
        await storage.devices.add({ ...device, user_id, max: 10 });
      }
    }
    await mustWrite(storage, remove(chat_id, ann, dan));
    await storage.blocks.add({ blocker_id: eve, blocked_id: ann, at: start_at });
    await storage.blocks.add({ blocker_id: ann, blocked_id: fay, at: start_at });
    await post(storage, chat_id, ann, 3);
    await storage.members.advance([{ kind: 'delivered', chat_id, user_id: bob, seq: 2, at: start_at }]);
    await storage.members.settle({ chat_id, user_id: fay, muted_until: 2 ** 52 });
    const marks = { joined_seq: 0, cleared_seq: 0 };
    const recipients = await storage.pushes.recipients(chat_id, ann);
    expect(recipients.sort((a, b) => a.user_id - b.user_id)).toEqual([
      { user_id: bob, delivered_seq: 2, muted_until: null, ...marks },
      { user_id: fay, delivered_seq: 0, muted_until: 2 ** 52, ...marks },
    ]);
    const of_bob = (await storage.pushes.recipients(chat_id, bob)).map(({ user_id }) => user_id);
    expect(of_bob.sort((a, b) => a - b)).toEqual([ann, eve, fay]);
    expect(of_bob).not.toContain(cem);
  },

  async 'expands a chat once, whoever tries'({ storage }) {
    const { chat_id, bob } = await scene(storage, 2);
    const chat = { chat_id, seq: 2, pushes: [pushTo(bob, 2)] };
    await Promise.all(upTo(5).map(() => storage.pushes.expand([chat])));
    expect(await storage.pushes.outbox(10)).toEqual([]);
    const taken = await take(storage);
    expect(taken).toMatchObject([{ user_id: bob, chat_id, seq: 2, at: start_at, attempts: 0, device_ids: null }]);
    await storage.pushes.settle({ done: taken, later: [] });
    // What comes late must not ring again.
    await storage.pushes.expand([chat]);
    expect(await take(storage)).toEqual([]);
  },

  async 'leaves in the outbox what came after'({ storage }) {
    const { chat_id, bob } = await scene(storage, 3);
    await storage.pushes.expand([{ chat_id, seq: 2, pushes: [pushTo(bob, 2)] }]);
    expect(await storage.pushes.outbox(10)).toMatchObject([{ chat_id, seq: 3 }]);
  },

  async 'gives a push with how its user stands'({ storage }) {
    const { chat_id, bob } = await expanded(storage);
    await storage.members.advance([{ kind: 'delivered', chat_id, user_id: bob, seq: 1, at: start_at }]);
    await storage.members.settle({ chat_id, user_id: bob, muted_until: 2 ** 52 });
    expect(await take(storage)).toEqual([
      {
        ...{ user_id: bob, chat_id, seq: 1, at: start_at, due_at: start_at, attempts: 0, device_ids: null },
        ...{ is_member: true, delivered_seq: 1, cleared_seq: 0, muted_until: 2 ** 52 },
        ...{ is_blocked: false, is_hidden: false },
        ...{ chat_type: 'private', chat_name: null },
      },
    ]);
  },

  async 'says who has blocked the sender by now, and who has deleted the message for themselves'({ storage }) {
    const users = await people(storage, 4);
    const [ann, bob, cem, dan] = users as [number, number, number, number];
    const chat_id = await group(storage, users);
    await mustWrite(storage, notifying(chat_id, ann), notifying(chat_id, bob));
    const pushes = [...[bob, cem, dan].map((user_id) => pushTo(user_id, 1)), pushTo(ann, 2)];
    await storage.pushes.expand([{ chat_id, seq: 2, pushes }]);
    // What one does to another says nothing of a third, and another message, or another chat's, is not this one.
    await storage.blocks.add({ blocker_id: bob, blocked_id: ann, at: start_at });
    await storage.blocks.add({ blocker_id: dan, blocked_id: bob, at: start_at });
    await storage.messages.hide({ chat_id, user_id: cem, seq: 1 });
    await storage.messages.hide({ chat_id, user_id: dan, seq: 2 });
    await storage.messages.hide({ chat_id: await privateChat(storage, ann, dan), user_id: dan, seq: 1 });
    const taken = (await take(storage)).sort((a, b) => a.user_id - b.user_id);
    expect(taken.map(({ user_id, is_blocked, is_hidden }) => [user_id, is_blocked, is_hidden])).toEqual([
      [ann, false, false],
      [bob, true, false],
      [cem, false, true],
      [dan, false, false],
    ]);
  },

  async 'says of who has left that they are no member'({ storage }) {
    const users = await people(storage, 2);
    const [ann, bob] = users as [number, number];
    const chat_id = await group(storage, users);
    await mustWrite(storage, notifying(chat_id, ann), remove(chat_id, ann, bob));
    await storage.pushes.expand([{ chat_id, seq: 1, pushes: [pushTo(bob, 1)] }]);
    expect(await take(storage)).toMatchObject([{ is_member: false, chat_type: 'group', chat_name: 'A group' }]);
  },

  async 'says of who has come back that they have what was written before'({ storage }) {
    const users = await people(storage, 2);
    const [ann, bob] = users as [number, number];
    const chat_id = await group(storage, users);
    await mustWrite(storage, notifying(chat_id, ann));
    await storage.pushes.expand([{ chat_id, seq: 1, pushes: [pushTo(bob, 1)] }]);
    await mustWrite(storage, remove(chat_id, ann, bob), add(chat_id, ann, bob));
    expect(await take(storage)).toMatchObject([{ seq: 1, is_member: true, delivered_seq: 2 }]);
  },

  async 'gives nothing before it is due'({ storage }) {
    await expanded(storage, { due_at: start_at + 50 });
    expect(await take(storage, start_at + 49)).toEqual([]);
    expect(await take(storage, start_at + 50)).toHaveLength(1);
  },

  async 'lends a push to one at a time, until it is settled or its time is over'({ storage }) {
    const { chat_id, bob } = await expanded(storage);
    const taken = await Promise.all(upTo(5).map(() => storage.pushes.take(all)));
    expect(taken.flat()).toHaveLength(1);
    expect(await take(storage, all.until - 1)).toEqual([]);
    const [again] = await take(storage, all.until);
    expect(again).toMatchObject({ user_id: bob, chat_id });
  },

  async 'shares many among those who take, and each goes to one'({ storage }) {
    const users = await people(storage, 41);
    const chat_id = await group(storage, users);
    const [ann, ...others] = users as [number, ...number[]];
    await mustWrite(storage, notifying(chat_id, ann));
    await storage.pushes.expand([{ chat_id, seq: 1, pushes: others.map((user_id) => pushTo(user_id, 1)) }]);
    const taken = await Promise.all(upTo(8).map(() => storage.pushes.take({ ...all, limit: 10 })));
    const user_ids = taken.flat().map(({ user_id }) => user_id);
    expect(new Set(user_ids).size).toBe(user_ids.length);
    while (user_ids.length < others.length) {
      const more = await storage.pushes.take({ ...all, limit: 10 });
      expect(more.length).toBeGreaterThan(0);
      user_ids.push(...more.map(({ user_id }) => user_id));
    }
    expect(user_ids.sort((a, b) => a - b)).toEqual(others);
  },

  async 'keeps one push per user and chat, about the newest message'({ storage }) {
    const made = await expanded(storage, { due_at: start_at + 500 });
    await another(storage, made, { at: start_at + 1, due_at: start_at + 900 });
    expect(await take(storage, start_at + 500)).toMatchObject([{ seq: 2, at: start_at + 1, due_at: start_at + 500 }]);
  },

  async 'changes only what has not become newer meanwhile'({ storage }) {
    const made = await expanded(storage);
    const first = await take(storage);
    await another(storage, made);
    expect(await take(storage)).toEqual([]);
    await storage.pushes.settle({ done: first, later: [] });
    const second = await take(storage);
    expect(second).toMatchObject([{ seq: 2, attempts: 0 }]);
    await another(storage, made);
    const later = second.map((push) => ({ ...push, attempts: 1, due_at: start_at + 9_000, device_ids: [4] }));
    await storage.pushes.settle({ done: [], later });
    expect(await take(storage)).toMatchObject([{ seq: 3, attempts: 0, device_ids: null }]);
  },

  async 'keeps the time of one that has failed, and tells all devices of what is newer'({ storage }) {
    const made = await expanded(storage);
    const later = (await take(storage)).map((push) => ({
      ...{ ...push, attempts: 3, due_at: start_at + 700 },
      device_ids: [7, 9_007_199_254_740_991],
    }));
    await storage.pushes.settle({ done: [], later });
    expect(await take(storage, start_at + 699)).toEqual([]);
    const [again] = await take(storage, start_at + 700);
    expect(again).toMatchObject({ seq: 1, attempts: 3, device_ids: [7, 9_007_199_254_740_991] });
    await storage.pushes.settle({ done: [], later });
    await another(storage, made);
    expect(await take(storage, start_at + 699)).toEqual([]);
    expect(await take(storage, start_at + 700)).toMatchObject([{ seq: 2, attempts: 3, device_ids: null }]);
  },

  async 'hurries or forgets what waits for the given users, and nothing else'({ storage }) {
    const waiting = await expanded(storage, { due_at: start_at + 500 });
    const other = await expanded(storage, { due_at: start_at + 500 });
    const failed = await expanded(storage);
    const taken = await take(storage);
    const later = taken.map((push) => ({ ...push, attempts: 1, due_at: start_at + 500 }));
    await storage.pushes.settle({ done: [], later });
    await storage.pushes.hurry([waiting.bob, failed.bob], start_at);
    await storage.pushes.hurry([], start_at);
    expect(await take(storage)).toMatchObject([{ user_id: waiting.bob }]);
    await storage.pushes.forget([other.bob, failed.bob], start_at);
    expect((await take(storage, start_at + 500)).map(({ user_id }) => user_id)).toEqual([failed.bob]);
  },

  async 'hurries or forgets for any number of users at once'({ storage }) {
    const hurried = await expanded(storage, { due_at: start_at + 500 });
    const forgotten = await expanded(storage, { due_at: start_at + 500 });
    await storage.pushes.hurry(amongStrangers(hurried.bob), start_at);
    await storage.pushes.forget(amongStrangers(forgotten.bob), start_at);
    expect((await take(storage, start_at + 500)).map(({ user_id }) => user_id)).toEqual([hurried.bob]);
  },
};
