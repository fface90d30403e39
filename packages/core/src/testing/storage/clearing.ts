import { expect } from 'vitest';
import type { MessageRow, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { clearAll, deleteAll, edit, everythingOf, pin } from './operations.js';
import type { Bed } from './test-database.js';
import {
  add,
  append,
  group,
  memberOf,
  messageOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
  upTo,
  verdict,
  write,
} from './world.js';

const list = (storage: Storage, user_id: number) =>
  storage.chats.list({ user_id, limit: 9, offset: 0, after_chat_id: null });

const clearedSeqs = (storage: Storage, chat_id: number, ids: readonly number[]): Promise<number[]> =>
  Promise.all(ids.map(async (id) => (await memberOf(storage, chat_id, id)).cleared_seq));

/** Slices until there is nothing left, and how many they were. */
async function scrubAll(storage: Storage, limit: number): Promise<number> {
  for (let slices = 0; ; slices++) if (!(await storage.messages.scrub(limit))) return slices;
}

/** Histories and chats that are gone for everyone. */
export const clearingCases: Cases<Bed> = {
  async 'clears the history for every member, and for whoever joins or comes back'({ storage }) {
    const ids = await people(storage, 4);
    const [ann, bob, cem, dan] = ids as [number, number, number, number];
    const chat_id = await group(storage, [ann, bob, cem]);
    await post(storage, chat_id, bob, 3);
    await mustWrite(storage, remove(chat_id, ann, cem));
    const [outcome] = await mustWrite(storage, clearAll(chat_id, ann, start_at + 9));
    expect(outcome).toMatchObject({
      kind: 'chat',
      rev: 7,
      duplicate: false,
      chat: { id: chat_id, rev: 7, meta_rev: 7, last_seq: 4, cleared_seq: 4, updated_at: start_at + 9 },
    });
    expect(await storage.chats.views(bob, [chat_id])).toMatchObject([
      {
        chat: { cleared_seq: 4, last_message_at: start_at },
        last_message: null,
        unread_count: 0,
        unread_capped: false,
      },
    ]);
    await mustWrite(storage, add(chat_id, ann, dan), add(chat_id, ann, cem));
    expect(await clearedSeqs(storage, chat_id, ids)).toEqual([4, 4, 4, 4]);
    expect((await storage.members.standings(chat_id)).map((one) => one.cleared_seq)).toEqual([4, 4, 4, 4]);
    await post(storage, chat_id, ann);
    for (const id of ids) {
      expect(await storage.chats.views(id, [chat_id])).toMatchObject([{ last_message: { seq: 7 } }]);
    }
  },

  async 'clears by the number of the message and not by its time'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    // All of it within one millisecond, and the clock set back after it.
    const outcomes = await mustWrite(
      storage,
      append(chat_id, ann),
      clearAll(chat_id, bob),
      append(chat_id, ann),
      append(chat_id, ann, { at: start_at - 50 }),
    );
    expect(outcomes.map(verdict)).toEqual(['message', 'chat', 'message', 'message']);
    expect(await storage.chats.views(bob, [chat_id])).toMatchObject([
      { me: { cleared_seq: 1 }, unread_count: 2, last_message: { seq: 3 } },
    ]);
    await scrubAll(storage, 10);
    const page = await storage.messages.page({ chat_id, floor_seq: 0, after_seq: 0, limit: 9, offset: 0 });
    expect(page.map((row) => row.content)).toEqual(['', 'hello', 'hello']);
  },

  async 'has cleared it for what comes later in the batch, too'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    const outcomes = await write(
      storage,
      pin(message, bob),
      clearAll(chat_id, ann),
      pin(message, bob, { is_pinned: false }),
      edit(message, ann, 'anew'),
      append(chat_id, bob, { reply_to_id: message.id }),
      append(chat_id, bob),
    );
    const not_found = 'MESSAGE_NOT_FOUND';
    expect(outcomes.map(verdict)).toEqual(['message', 'chat', not_found, not_found, not_found, 'message']);
    expect(await storage.messages.pinned({ chat_id, floor_seq: 0, limit: 9, offset: 0 })).toEqual([]);
    expect((await storage.chats.heads(ann))[0]?.rev).toBe(5);
  },

  async 'clears once what is clear already'({ storage }) {
    const ids = await people(storage, 2);
    const [ann, bob] = ids as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    expect((await write(storage, clearAll(chat_id, ann))).map(verdict)).toEqual(['duplicate']);
    await post(storage, chat_id, ann);
    await mustWrite(storage, clearAll(chat_id, bob));
    const before = await everythingOf(storage, chat_id, ids);
    const again = await write(storage, clearAll(chat_id, ann, start_at + 9), clearAll(chat_id, bob, start_at + 9));
    expect(again.map(verdict)).toEqual(['duplicate', 'duplicate']);
    expect(await everythingOf(storage, chat_id, ids)).toEqual(before);
    const raced = await Promise.all([
      post(storage, chat_id, ann).then(() => 'posted'),
      ...upTo(6).map(async () => verdict((await write(storage, clearAll(chat_id, ann)))[0])),
    ]);
    expect(raced.filter((one) => one === 'chat').length).toBeLessThanOrEqual(1);
  },

  async 'lets the owner of a group clear it, and nobody else'({ storage }) {
    const ids = await people(storage, 3);
    const [ann, bob, eve] = ids as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, bob, 2);
    const before = await everythingOf(storage, chat_id, ids);
    for (const operation of [clearAll, deleteAll]) {
      const outcomes = await write(storage, operation(chat_id, bob), operation(chat_id, eve), operation(999_999, ann));
      expect(outcomes.map(verdict)).toEqual(['FORBIDDEN', 'NOT_A_MEMBER', 'NOT_A_MEMBER']);
    }
    expect(await everythingOf(storage, chat_id, ids)).toEqual(before);
    expect(await storage.messages.scrub(10)).toBe(false);
  },

  async 'unpins what it clears'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const other = await group(storage, [ann]);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    const [elsewhere] = (await post(storage, other, ann)) as [MessageRow];
    await mustWrite(storage, pin(message, ann), pin(elsewhere, ann), clearAll(chat_id, ann));
    const pinned = async (id: number) =>
      (await storage.messages.pinned({ chat_id: id, floor_seq: 0, limit: 9, offset: 0 })).map((row) => row.seq);
    expect([await pinned(chat_id), await pinned(other)]).toEqual([[], [1]]);
    const [later] = (await post(storage, chat_id, ann)) as [MessageRow];
    await mustWrite(storage, pin(later, ann));
    expect(await pinned(chat_id)).toEqual([2]);
  },

  async 'empties the rows of what was cleared, in slices, and nothing else'({ storage, another }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const one = await group(storage, [ann, bob]);
    const two = await group(storage, [ann, bob]);
    const untouched = await group(storage, [ann, bob]);
    const contents = async (chat_id: number) =>
      (await storage.messages.page({ chat_id, floor_seq: 0, after_seq: 0, limit: 99, offset: 0 })).map((row) => [
        row.content,
        row.meta,
      ]);
    const meta = '{"mentions":[7]}';
    const ten = (chat_id: number) => upTo(10).map((n) => append(chat_id, ann, { content: `${n}`, meta }));
    for (const chat_id of [one, two, untouched]) await mustWrite(storage, ...ten(chat_id));
    expect(await storage.messages.scrub(4)).toBe(false);
    await mustWrite(storage, clearAll(one, ann), ...ten(one).slice(0, 2), clearAll(two, ann));
    expect(await storage.messages.scrub(4)).toBe(true);
    const emptied = (await contents(one)).filter(([content]) => content === '').length;
    expect(emptied).toBeLessThanOrEqual(4);
    // Another process goes on where this one stood, also with what has been cleared since.
    const other = another();
    await mustWrite(other, clearAll(one, ann), ...ten(one).slice(0, 1));
    expect(await scrubAll(other, 4)).toBeGreaterThan(3);
    expect(await contents(one)).toEqual([...Array(12).fill(['', null]), ['1', meta]]);
    expect(await contents(two)).toEqual(Array(10).fill(['', null]));
    expect(await contents(untouched)).toEqual(upTo(10).map((n) => [`${n}`, meta]));
    expect(await storage.messages.scrub(4)).toBe(false);
    // What is emptied is no change: nobody sees it.
    expect((await storage.chats.heads(ann)).find((head) => head.chat_id === one)?.rev).toBe(1 + 10 + 1 + 2 + 1 + 1);
  },

  async 'deletes a group: everybody has left it, at one rev'({ storage }) {
    const ids = await people(storage, 4);
    const [ann, bob, cem, dan] = ids as [number, number, number, number];
    const chat_id = await group(storage, ids);
    await post(storage, chat_id, bob, 2);
    await mustWrite(storage, remove(chat_id, ann, dan, start_at + 1));
    const [outcome] = await mustWrite(storage, deleteAll(chat_id, ann, start_at + 9));
    expect(outcome).toMatchObject({ kind: 'chat', rev: 6, duplicate: false, chat: { rev: 6, cleared_seq: 3 } });
    for (const id of [ann, bob, cem]) {
      expect(await storage.chats.heads(id)).toEqual([{ chat_id, rev: 6, is_member: false, is_hidden: false }]);
      expect(await memberOf(storage, chat_id, id)).toMatchObject({ left_at: start_at + 9, rev: 6, cleared_seq: 3 });
      expect(await storage.chats.views(id, [chat_id])).toEqual([]);
    }
    // Whoever had left before has left then, and not now.
    expect(await storage.chats.heads(dan)).toEqual([{ chat_id, rev: 4, is_member: false, is_hidden: false }]);
    expect([await storage.members.of([chat_id]), await storage.members.standings(chat_id)]).toEqual([[], []]);
    for (const limit of upTo(4)) {
      const changes = await storage.chats.changes({ chat_id, since: 5, floor_seq: 3, limit });
      expect(changes).toMatchObject({ messages: [], to: 6, more: false });
      expect(changes?.members.map((one) => one.user_id).sort((a, b) => a - b)).toEqual([ann, bob, cem]);
    }
    const late = await write(storage, append(chat_id, ann), add(chat_id, ann, bob), deleteAll(chat_id, ann));
    expect(late.map(verdict)).toEqual(Array(3).fill('NOT_A_MEMBER'));
    expect(await scrubAll(storage, 2)).toBe(2);
  },

  async 'tells each of a batch what it did, though the chat is deleted in the same one'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann]);
    const outcomes = await write(
      storage,
      add(chat_id, ann, bob),
      append(chat_id, bob),
      deleteAll(chat_id, ann, start_at + 9),
      append(chat_id, bob),
    );
    expect(outcomes.map(verdict)).toEqual(['member', 'message', 'chat', 'NOT_A_MEMBER']);
    expect(outcomes[0]).toMatchObject({ rev: 2, member: { user_id: bob, left_at: null, rev: 2, cleared_seq: 0 } });
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ left_at: start_at + 9, rev: 5 });
  },

  async 'deletes a private chat for both, until the next message'({ storage }) {
    const ids = await people(storage, 2);
    const [ann, bob] = ids as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, bob, 3);
    expect((await mustWrite(storage, deleteAll(chat_id, ann)))[0]).toMatchObject({ rev: 5, duplicate: false });
    for (const id of ids) {
      expect(await list(storage, id)).toEqual([]);
      expect(await storage.chats.heads(id)).toEqual([{ chat_id, rev: 5, is_member: true, is_hidden: true }]);
      expect(await storage.chats.views(id, [chat_id])).toMatchObject([{ last_message: null, unread_count: 0 }]);
    }
    expect((await write(storage, deleteAll(chat_id, bob))).map(verdict)).toEqual(['duplicate']);
    expect(await storage.chats.openPrivate({ user_ids: [bob, ann], at: start_at })).toMatchObject({
      created: false,
      chat: { id: chat_id },
    });
    const [next] = (await mustWrite(storage, append(chat_id, bob))).map(messageOf) as [MessageRow];
    for (const id of ids) {
      expect(await list(storage, id)).toMatchObject([{ chat: { id: chat_id }, last_message: { seq: 4 } }]);
      const floor_seq = (await memberOf(storage, chat_id, id)).cleared_seq;
      expect(await storage.messages.page({ chat_id, floor_seq, limit: 9, offset: 0 })).toEqual([next]);
    }
    expect((await list(storage, ann))[0]?.unread_count).toBe(1);
  },

  async 'deletes a private chat also for the one who still had it in sight'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, bob);
    await mustWrite(storage, clearAll(chat_id, bob));
    await storage.members.settle({ chat_id, user_id: ann, clear: true, hide: true });
    expect((await write(storage, deleteAll(chat_id, ann))).map(verdict)).toEqual(['chat']);
    expect(await list(storage, bob)).toEqual([]);
    // Opened again by one of them, it is there to be deleted again by the other.
    await storage.members.settle({ chat_id, user_id: bob, hide: false });
    expect((await write(storage, deleteAll(chat_id, ann), deleteAll(chat_id, ann))).map(verdict)).toEqual([
      'chat',
      'duplicate',
    ]);
    expect([await list(storage, ann), await list(storage, bob)]).toEqual([[], []]);
  },
};
