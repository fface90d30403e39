import { expect } from 'vitest';
import type { Decide, Facts, MessageRow } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { clearAll, edit, erase, everythingOf, pin, react } from './operations.js';
import type { Bed } from './test-database.js';
import {
  append,
  decide,
  group,
  messageOf,
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

/** What becomes of messages after they were written. */
export const messageChangeCases: Cases<Bed> = {
  async 'edits a message under the next rev, and leaves the rest of it as it was'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [first] = (await mustWrite(storage, append(chat_id, ann, { meta: '{"mentions":[7]}' }))).map(messageOf);
    await post(storage, chat_id, bob);
    const [outcome] = await mustWrite(storage, edit(first as MessageRow, ann, 'anew', { at: start_at + 5 }));
    const edited = { ...first, content: 'anew', edited_at: start_at + 5, rev: 4 };
    expect(outcome).toEqual({ kind: 'message', message: edited, duplicate: false });
    expect(await storage.messages.find(chat_id, edited.id as number)).toEqual(edited);
    const [view] = await storage.chats.views(bob, [chat_id]);
    // An edit is news, and yet no newer message.
    expect(view).toMatchObject({
      chat: { rev: 4, meta_rev: 1, last_seq: 2, last_message_at: start_at },
      last_message: { seq: 2 },
      unread_count: 1,
    });
    const changes = await storage.chats.changes({ chat_id, since: 3, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({ messages: [edited], members: [], to: 4, more: false });
  },

  async 'keeps an edited message to the letter'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    for (const content of [
      '\0 and \0',
      '👩‍👩‍👧 naïve ﷺ',
      `'";--\\%_\r\n`,
      ' ',
      'ü'.repeat(30_000),
      'x'.repeat(60_000),
    ]) {
      expect(messageOf((await mustWrite(storage, edit(message, ann, content)))[0]).content).toBe(content);
      expect((await messagesOf(storage, chat_id))[0]?.content).toBe(content);
    }
  },

  async 'deletes a message for everyone, and keeps a tombstone of it'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, bob);
    const [doomed] = (await mustWrite(storage, append(chat_id, bob, { meta: '{"mentions":[7]}' }))).map(messageOf);
    await mustWrite(storage, pin(doomed as MessageRow, ann));
    const [outcome] = await mustWrite(storage, erase(doomed as MessageRow, bob, { at: start_at + 9 }));
    const tombstone = { ...doomed, content: '', meta: null, deleted_at: start_at + 9, is_pinned: 0, rev: 5 };
    expect(outcome).toEqual({ kind: 'message', message: tombstone, duplicate: false });
    expect((await messagesOf(storage, chat_id)).map((message) => message.seq)).toEqual([1]);
    expect(await storage.messages.find(chat_id, tombstone.id as number)).toEqual(tombstone);
    expect(await storage.messages.pinned({ chat_id, floor_seq: 0, limit: 9, offset: 0 })).toEqual([]);
    expect(await storage.chats.views(ann, [chat_id])).toMatchObject([
      { chat: { rev: 5, last_seq: 2 }, last_message: { seq: 1 }, unread_count: 1 },
    ]);
    const changes = await storage.chats.changes({ chat_id, since: 1, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({ messages: [{ seq: 1, rev: 2 }, tombstone], to: 5 });
    expect(await probe.count('messages')).toBe(2);
    // The number of a deleted message is nobody else's.
    expect((await post(storage, chat_id, ann))[0]).toMatchObject({ seq: 3, rev: 6 });
  },

  async 'answers what is so already as a duplicate, without a rev'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const [message, other] = (await post(storage, chat_id, ann, 2)) as [MessageRow, MessageRow];
    await mustWrite(storage, edit(message, ann, 'anew'), pin(message, bob), react(message, bob, '👍'));
    await mustWrite(storage, erase(other, ann));
    const before = await everythingOf(storage, chat_id, [ann, bob]);
    const again = [
      edit(message, ann, 'anew', { at: start_at + 9 }),
      pin(message, ann, { at: start_at + 9 }),
      react(message, bob, '👍'),
      react(message, ann, '👍', false),
      react(message, bob, '👎', false),
      erase(other, ann, { at: start_at + 9 }),
    ];
    expect((await write(storage, ...again)).map(verdict)).toEqual(again.map(() => 'duplicate'));
    for (const one of again) expect((await write(storage, one)).map(verdict)).toEqual(['duplicate']);
    expect(await everythingOf(storage, chat_id, [ann, bob])).toEqual(before);
  },

  async 'gives each operation of a batch its own state and its own rev'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const original = append(chat_id, ann, { content: 'one' });
    const [message] = (await mustWrite(storage, original)).map(messageOf) as [MessageRow];
    const outcomes = await write(
      storage,
      original,
      edit(message, ann, 'two'),
      append(chat_id, bob),
      edit(message, ann, 'three'),
      edit(message, ann, 'three'),
      pin(message, bob),
      react(message, bob, '👍'),
      pin(message, ann, { is_pinned: false }),
      erase(message, ann),
      edit(message, ann, 'four'),
      pin(message, ann),
      append(chat_id, ann),
    );
    expect(outcomes.map(verdict)).toEqual([
      'duplicate',
      'message',
      'message',
      'message',
      'duplicate',
      ...Array(4).fill('message'),
      'MESSAGE_NOT_FOUND',
      'MESSAGE_NOT_FOUND',
      'message',
    ]);
    const rows = outcomes.flatMap((outcome) => (outcome.kind === 'message' ? outcome.message : []));
    const shape = rows.map((row) => [row.seq, row.rev, row.content, row.is_pinned, row.meta !== null, row.deleted_at]);
    expect(shape).toEqual([
      [1, 2, 'one', 0, false, null],
      [1, 3, 'two', 0, false, null],
      [2, 4, 'hello', 0, false, null],
      [1, 5, 'three', 0, false, null],
      [1, 5, 'three', 0, false, null],
      [1, 6, 'three', 1, false, null],
      [1, 7, 'three', 1, true, null],
      [1, 8, 'three', 0, true, null],
      [1, 9, '', 0, false, start_at],
      [3, 10, 'hello', 0, false, null],
    ]);
    expect((await storage.chats.heads(ann))[0]?.rev).toBe(10);
    expect(await storage.messages.pinned({ chat_id, floor_seq: 0, limit: 9, offset: 0 })).toEqual([]);
  },

  async 'edits conditionally: once, where two know the same rev'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    const by = (content: string, if_rev: number) => edit(message, ann, content, { if_rev });
    const outcomes = await write(storage, by('a', message.rev), by('b', message.rev), by('c', message.rev + 1));
    expect(outcomes.map(verdict)).toEqual(['message', 'CONFLICT', 'message']);
    const raced = await Promise.all(upTo(10).map((n) => write(storage, by(`raced ${n}`, message.rev + 2))));
    expect(raced.flat().map(verdict).sort()).toEqual([...Array(9).fill('CONFLICT'), 'message']);
    expect((await storage.chats.heads(ann))[0]?.rev).toBe(message.rev + 3);
  },

  async 'refuses whoever may not, and stores nothing of it'({ storage }) {
    const ids = await people(storage, 4);
    const [ann, bob, cem, eve] = ids as [number, number, number, number];
    const chat_id = await group(storage, [ann, bob, cem]);
    const elsewhere = await group(storage, [eve]);
    const [message, cleared] = (await post(storage, chat_id, bob, 2)) as [MessageRow, MessageRow];
    const [gone] = (await post(storage, chat_id, bob)) as [MessageRow];
    await mustWrite(storage, erase(gone, bob), remove(chat_id, cem, cem));
    const [strange] = (await post(storage, elsewhere, eve)) as [MessageRow];
    const system = (await messagesOf(storage, chat_id)).find((row) => row.message_type === 'system') as MessageRow;
    const unknown = { ...message, id: 999_999 };
    const all = (row: MessageRow, actor: number) => [
      edit(row, actor, 'no'),
      erase(row, actor),
      pin(row, actor),
      react(row, actor, '👍'),
    ];
    const before = await everythingOf(storage, chat_id, ids);
    const codes = async (row: MessageRow, actor: number) => (await write(storage, ...all(row, actor))).map(verdict);
    expect(await codes(message, eve)).toEqual(Array(4).fill('NOT_A_MEMBER'));
    expect(await codes(message, cem)).toEqual(Array(4).fill('NOT_A_MEMBER'));
    expect(await codes(unknown, bob)).toEqual(Array(4).fill('MESSAGE_NOT_FOUND'));
    // Of another chat, though it is named in this one.
    expect(await codes({ ...strange, chat_id }, ann)).toEqual(Array(4).fill('MESSAGE_NOT_FOUND'));
    expect(await codes(system, ann)).toEqual(Array(4).fill('FORBIDDEN'));
    expect((await write(storage, edit(message, ann, 'no'))).map(verdict)).toEqual(['FORBIDDEN']);
    expect((await write(storage, edit(gone, bob, 'no'), pin(gone, bob), react(gone, bob, 'x'))).map(verdict)).toEqual(
      Array(3).fill('MESSAGE_NOT_FOUND'),
    );
    expect(await everythingOf(storage, chat_id, ids)).toEqual(before);
    await storage.members.settle({ chat_id, user_id: bob, clear: true });
    expect(await codes(cleared, bob)).toEqual(Array(4).fill('MESSAGE_NOT_FOUND'));
    // Whoever has not cleared it sees it as before, and a refusal does not touch its neighbours.
    const mixed = await write(storage, pin(message, bob), pin(message, ann), pin(message, eve));
    expect(mixed.map(verdict)).toEqual(['MESSAGE_NOT_FOUND', 'message', 'NOT_A_MEMBER']);
  },

  async 'tells decide of the message as it stands for whoever acts'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const [old, gone] = (await post(storage, chat_id, ann, 2)) as [MessageRow, MessageRow];
    await mustWrite(storage, erase(gone, ann));
    await storage.members.settle({ chat_id, user_id: bob, clear: true });
    await storage.blocks.add({ blocker_id: bob, blocked_id: ann, at: start_at });
    const asked: Facts[] = [];
    const refuse: Decide = (_, facts) => {
      asked.push(structuredClone(facts));
      return 'FORBIDDEN';
    };
    const operations = [
      pin(old, ann),
      pin(old, bob),
      edit(gone, ann, 'x'),
      erase(gone, ann),
      edit({ ...old, id: 999_999 }, ann, 'x'),
      clearAll(chat_id, ann),
    ];
    await storage.chats.write(operations, refuse);
    expect(asked.map(({ message }) => message?.id ?? null)).toEqual([old.id, null, null, gone.id, null, null]);
    expect(asked.slice(0, 3).map(({ is_blocked }) => is_blocked)).toEqual([true, false, true]);
    expect(asked[0]?.message).toEqual(old);
    expect((await write(storage, pin(old, ann), erase(old, ann))).map(verdict)).toEqual(['BLOCKED', 'message']);
  },

  async 'numbers what races without holes, and ends at the last of it'({ storage }) {
    const ids = await people(storage, 8);
    const [ann] = ids as [number];
    const chat_id = await group(storage, ids);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    const outcomes = await Promise.all([
      ...upTo(12).map((n) => write(storage, edit(message, ann, `edit ${n}`))),
      ...ids.map((id) => write(storage, react(message, id, '👍'))),
      ...ids.map((id) => write(storage, pin(message, id))),
      ...upTo(6).map(() => storage.chats.write([append(chat_id, ann)], decide)),
    ]);
    const rows = outcomes.flat().flatMap((one) => (one.kind === 'message' && !one.duplicate ? one.message : []));
    expect(rows.map((row) => row.rev).sort((a, b) => a - b)).toEqual(upTo(12 + 8 + 1 + 6, 3));
    const now = (await storage.messages.find(chat_id, message.id)) as MessageRow;
    const last = rows.filter((row) => row.id === message.id).sort((a, b) => b.rev - a.rev)[0];
    expect(now).toEqual(last);
    const [reaction] = JSON.parse(now.meta as string).reactions;
    expect([...reaction.user_ids].sort((a: number, b: number) => a - b)).toEqual(ids);
  },
};
