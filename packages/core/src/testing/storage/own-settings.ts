import { expect } from 'vitest';
import type { ChatOperation, MessageRow, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { createRandom } from '../random.js';
import { edit, erase, pin, react } from './operations.js';
import type { Bed } from './test-database.js';
import {
  add,
  append,
  group,
  memberOf,
  messagesOf,
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

const viewOf = async (storage: Storage, user_id: number, chat_id: number) =>
  (await storage.chats.views(user_id, [chat_id]))[0];

/** What members settle for themselves, of which nobody else is told. */
export const ownSettingCases: Cases<Bed> = {
  async 'clears a chat for one member, by number and not by time'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, bob, 2);
    const member = await storage.members.settle({ chat_id, user_id: ann, clear: true });
    expect(member).toMatchObject({ user_id: ann, cleared_seq: 2, hidden_seq: -1, rev: 1 });
    expect(member).toEqual(await memberOf(storage, chat_id, ann));
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ last_message: null, unread_count: 0 });
    // In the same millisecond as what was cleared.
    await post(storage, chat_id, bob);
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({
      last_message: { seq: 3 },
      unread_count: 1,
      chat: { rev: 4, cleared_seq: 0 },
    });
    expect(await viewOf(storage, bob, chat_id)).toMatchObject({ me: { cleared_seq: 0 }, last_message: { seq: 3 } });
    expect((await messagesOf(storage, chat_id)).map((row) => row.content)).toEqual(Array(3).fill('hello'));
    const standings = await storage.members.standings(chat_id);
    expect(standings.find((one) => one.user_id === ann)).toMatchObject({ cleared_seq: 2, chat_rev: 4 });
  },

  async 'hides a chat until the next message, or until it is shown again'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const head = { chat_id, rev: 1, is_member: true };
    const hide = (is_hidden: boolean) => storage.members.settle({ chat_id, user_id: ann, hide: is_hidden });
    // Also while nothing was written yet.
    await hide(true);
    expect([await list(storage, ann), await storage.chats.heads(ann)]).toEqual([[], [{ ...head, is_hidden: true }]]);
    expect(await list(storage, bob)).toHaveLength(1);
    await hide(false);
    expect(await list(storage, ann)).toHaveLength(1);
    await hide(true);
    await post(storage, chat_id, bob);
    expect(await list(storage, ann)).toMatchObject([{ unread_count: 1, last_message: { seq: 1 } }]);
    expect(await storage.chats.heads(ann)).toEqual([{ ...head, rev: 2, is_hidden: false }]);
    await hide(true);
    await hide(true);
    expect(await list(storage, ann)).toEqual([]);
    // It is theirs all the same, for who asks for it by its id.
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({ chat: { id: chat_id }, unread_count: 1 });
  },

  async 'leaves hidden chats out of every page of the list'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const ids: number[] = [];
    for (const n of upTo(6)) ids.unshift(await group(storage, [ann, bob], start_at + n));
    for (const index of [0, 3]) {
      await storage.members.settle({ chat_id: ids[index] as number, user_id: ann, hide: true });
    }
    const [, first, second, , third, fourth] = ids;
    const page = async (limit: number, offset: number, after_chat_id: number | null = null) =>
      (await storage.chats.list({ user_id: ann, limit, offset, after_chat_id })).map((view) => view.chat.id);
    expect(await page(9, 0)).toEqual([first, second, third, fourth]);
    expect(await page(2, 1)).toEqual([second, third]);
    expect(await page(2, 0, second)).toEqual([third, fourth]);
  },

  async 'mutes a chat for one member, and changes nothing that is not named'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, bob);
    const settle = (given: object) => storage.members.settle({ chat_id, user_id: ann, ...given });
    const far = 8_640_000_000_000_000;
    expect(await settle({ muted_until: far })).toMatchObject({ muted_until: far, cleared_seq: 0, hidden_seq: -1 });
    expect(await settle({ clear: true })).toMatchObject({ muted_until: far, cleared_seq: 1, hidden_seq: -1 });
    expect(await settle({ hide: true })).toMatchObject({ muted_until: far, cleared_seq: 1, hidden_seq: 1 });
    expect(await settle({})).toEqual(await memberOf(storage, chat_id, ann));
    expect(await settle({ muted_until: null })).toMatchObject({ muted_until: null, cleared_seq: 1, hidden_seq: 1 });
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ muted_until: null, cleared_seq: 0, hidden_seq: -1 });
    expect((await viewOf(storage, ann, chat_id))?.chat.rev).toBe(2);
  },

  async 'settles nothing for strangers and for the departed'({ storage }) {
    const [ann, bob, eve] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 2);
    await mustWrite(storage, remove(chat_id, ann, bob));
    const before = await memberOf(storage, chat_id, bob);
    for (const [id, user_id] of [
      [chat_id, bob],
      [chat_id, eve],
      [999_999, ann],
    ] as const) {
      const settings = { chat_id: id, user_id, clear: true, hide: true, muted_until: 5 };
      expect(await storage.members.settle(settings)).toBeNull();
    }
    expect(await memberOf(storage, chat_id, bob)).toEqual(before);
    expect(await storage.members.get(chat_id, eve)).toBeNull();
    // What somebody cleared stays cleared when they come back; hidden it is no longer.
    await mustWrite(storage, add(chat_id, ann, bob));
    await storage.members.settle({ chat_id, user_id: bob, clear: true, hide: true });
    await mustWrite(storage, remove(chat_id, bob, bob), add(chat_id, ann, bob));
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({ cleared_seq: 4, hidden_seq: -1 });
  },

  async 'lets nobody change or answer what they have deleted for themselves'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const [gone, kept] = (await post(storage, chat_id, ann, 2)) as [MessageRow, MessageRow];
    await storage.messages.hide({ chat_id, user_id: ann, seq: gone.seq });
    const changes = (by: number, message: MessageRow) => [
      pin(message, by),
      react(message, by, '👍'),
      append(chat_id, by, { reply_to_id: message.id }),
    ];
    const verdicts = async (...operations: ChatOperation[]) => (await write(storage, ...operations)).map(verdict);
    const own = [edit(gone, ann, 'anew'), erase(gone, ann)];
    expect(await verdicts(...changes(ann, gone), ...own)).toEqual(Array(5).fill('MESSAGE_NOT_FOUND'));
    const others = [...changes(bob, gone), ...changes(ann, kept), edit(kept, ann, 'anew')];
    expect(await verdicts(...others)).toEqual(Array(7).fill('message'));
  },

  async 'deletes a message for one user alone, counted once however often they ask'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const other = await group(storage, [ann, bob]);
    await post(storage, chat_id, bob, 4);
    await post(storage, other, bob, 4);
    const hide = (seq: number) => storage.messages.hide({ chat_id, user_id: ann, seq });
    // From all devices at once, as a client does that was not answered.
    await Promise.all([...upTo(5).map(() => hide(4)), ...upTo(5).map(() => hide(2))]);
    await hide(2);
    expect((await memberOf(storage, chat_id, ann)).hidden_count).toBe(2);
    const hidden = async (user_id: number, floor_seq = 0) =>
      (await storage.messages.hidden({ chat_id, user_id, floor_seq })).sort((a, b) => a - b);
    expect([await hidden(ann), await hidden(ann, 2), await hidden(bob)]).toEqual([[2, 4], [4], []]);
    const page = async (given: object) =>
      (await storage.messages.page({ chat_id, floor_seq: 0, limit: 9, offset: 0, ...given })).map((row) => row.seq);
    expect(await page({ hidden_from: ann })).toEqual([3, 1]);
    expect(await page({ hidden_from: ann, after_seq: 0 })).toEqual([1, 3]);
    expect(await page({ hidden_from: ann, limit: 1, offset: 1 })).toEqual([1]);
    expect([await page({ hidden_from: bob }), await page({})]).toEqual(Array(2).fill([4, 3, 2, 1]));
    expect(await viewOf(storage, ann, chat_id)).toMatchObject({
      last_message: { seq: 3 },
      unread_count: 2,
      chat: { rev: 5 },
    });
    expect(await viewOf(storage, bob, chat_id)).toMatchObject({ last_message: { seq: 4 } });
    // The same numbers in another chat are other messages.
    expect(await storage.messages.hidden({ chat_id: other, user_id: ann, floor_seq: 0 })).toEqual([]);
    expect(await viewOf(storage, ann, other)).toMatchObject({ last_message: { seq: 4 }, unread_count: 4 });
  },

  async 'counts what is unread of what is neither deleted, hidden nor cleared'({ storage }) {
    for (const seed of upTo(3)) await countsWhatIsLeft(storage, seed);
  },

  async 'tells when each mark first reached a message'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob, cem]);
    const other = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 4);
    await post(storage, other, ann, 4);
    const read = (chat: number, user_id: number, seq: number, at: number) =>
      storage.members.advance([{ kind: 'read', chat_id: chat, user_id, seq, at: start_at + at }]);
    await read(chat_id, cem, 1, 1);
    await read(chat_id, bob, 3, 2);
    await read(chat_id, cem, 4, 3);
    await read(chat_id, bob, 4, 4);
    await read(other, bob, 4, 0);
    await storage.members.advance([{ kind: 'delivered', chat_id, user_id: ann, seq: 4, at: start_at }]);
    const readers = async (seq: number) =>
      (await storage.messages.readers(chat_id, seq)).map(({ user_id, read_at }) => [user_id, read_at - start_at]);
    expect(await readers(1)).toEqual([
      [cem, 1],
      [bob, 2],
    ]);
    expect(await readers(2)).toEqual([
      [bob, 2],
      [cem, 3],
    ]);
    expect(await readers(4)).toEqual([
      [cem, 3],
      [bob, 4],
    ]);
    expect([await readers(5), await storage.messages.readers(999_999, 1)]).toEqual([[], []]);
  },

  async 'knows the chat of a message by its id alone'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chats = [await group(storage, [ann]), await group(storage, [ann])] as const;
    for (const chat_id of chats) {
      const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
      expect(await storage.messages.locate(message.id)).toBe(chat_id);
      await mustWrite(storage, erase(message, ann));
      expect(await storage.messages.locate(message.id)).toBe(chat_id);
    }
    expect(await storage.messages.locate(999_999)).toBeNull();
  },
};

async function countsWhatIsLeft(storage: Storage, seed: number): Promise<void> {
  const random = createRandom(seed);
  const [ann, bob] = (await people(storage, 2)) as [number, number];
  const chat_id = await group(storage, [ann, bob]);
  for (let step = 0; step < 80; step++) {
    const messages = await messagesOf(storage, chat_id);
    const message = messages.length > 0 ? random.pick(messages) : null;
    const what = random.int(12);
    if (what < 7 || !message) await mustWrite(storage, append(chat_id, random.pick([ann, bob])));
    else if (what < 8) await write(storage, erase(message, message.sender_id));
    else if (what < 10) await storage.messages.hide({ chat_id, user_id: ann, seq: message.seq });
    else if (what < 11) {
      await storage.members.advance([{ kind: 'read', chat_id, user_id: ann, seq: message.seq, at: start_at }]);
    } else if (random.int(3) === 0) await storage.members.settle({ chat_id, user_id: ann, clear: true });
    const me = await memberOf(storage, chat_id, ann);
    const hidden = await storage.messages.hidden({ chat_id, user_id: ann, floor_seq: 0 });
    const left = (await messagesOf(storage, chat_id)).filter(
      (row) => row.seq > me.cleared_seq && !hidden.includes(row.seq),
    );
    const unread = left.filter((row) => row.seq > me.read_seq && row.sender_id !== ann).length;
    const view = await viewOf(storage, ann, chat_id);
    expect([step, view?.unread_count, view?.last_message?.seq]).toEqual([step, unread, left.at(-1)?.seq]);
    expect(me.hidden_count).toBe(hidden.length);
  }
}
