import { expect } from 'vitest';
import type { MessageRow, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { edit, erase, pin, react } from './operations.js';
import type { Bed } from './test-database.js';
import { append, group, messageOf, messagesOf, mustWrite, people, post, start_at, upTo } from './world.js';

const pinned = async (
  storage: Storage,
  chat_id: number,
  page: { floor?: number; limit?: number; offset?: number } = {},
) =>
  (
    await storage.messages.pinned({
      chat_id,
      floor_seq: page.floor ?? 0,
      limit: page.limit ?? 100,
      offset: page.offset ?? 0,
    })
  ).map((row) => row.seq);

/** What members put on a message of anybody's. */
export const pinReactionCases: Cases<Bed> = {
  async 'lists the pinned messages, the latest pinned first'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const other = await group(storage, [ann]);
    const messages = (await post(storage, chat_id, ann, 6)) as MessageRow[];
    const [elsewhere] = (await post(storage, other, ann)) as [MessageRow];
    const at = (seq: number) => messages[seq - 1] as MessageRow;
    expect(await pinned(storage, chat_id)).toEqual([]);
    await mustWrite(storage, pin(elsewhere, ann));
    for (const [n, seq] of [4, 2, 6, 3].entries()) await mustWrite(storage, pin(at(seq), bob, { at: start_at + n }));
    expect(await pinned(storage, chat_id)).toEqual([3, 6, 2, 4]);
    expect(await pinned(storage, chat_id, { limit: 2 })).toEqual([3, 6]);
    expect(await pinned(storage, chat_id, { limit: 2, offset: 2 })).toEqual([2, 4]);
    expect(await pinned(storage, chat_id, { floor: 3 })).toEqual([6, 4]);
    // A second time is no later time; off and on again is.
    await mustWrite(storage, pin(at(4), ann, { at: start_at + 10 }));
    expect(await pinned(storage, chat_id)).toEqual([3, 6, 2, 4]);
    await mustWrite(
      storage,
      pin(at(4), ann, { is_pinned: false, at: start_at + 11 }),
      pin(at(4), ann, { at: start_at + 12 }),
      pin(at(6), ann, { is_pinned: false, at: start_at + 13 }),
      erase(at(2), ann),
    );
    expect(await pinned(storage, chat_id)).toEqual([4, 3]);
    expect(await pinned(storage, other)).toEqual([1]);
  },

  async 'shows pinned messages as they stand'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const [message] = (await post(storage, chat_id, ann)) as [MessageRow];
    await mustWrite(storage, append(chat_id, ann, { reply_to_id: message.id }));
    const [, reply] = (await messagesOf(storage, chat_id)) as [MessageRow, MessageRow];
    await mustWrite(storage, pin(message, ann), edit(message, ann, 'anew'), pin(reply, ann, { at: start_at + 1 }));
    const rows = await storage.messages.pinned({ chat_id, floor_seq: 0, limit: 9, offset: 0 });
    expect(rows).toEqual((await messagesOf(storage, chat_id)).reverse());
    expect(rows).toMatchObject([
      { is_pinned: 1, reply_to: { id: message.id, content: 'anew' } },
      { is_pinned: 1, content: 'anew', rev: 5 },
    ]);
  },

  async 'keeps reactions in the order in which they first came, each with its people'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob, cem]);
    const meta = '{"mentions":[7]}';
    const [message] = (await mustWrite(storage, append(chat_id, ann, { meta }))).map(messageOf) as [MessageRow];
    const family = '👩‍👩‍👧';
    const reactions = async () => {
      const row = await storage.messages.find(chat_id, message.id);
      return JSON.parse(row?.meta as string);
    };
    await mustWrite(storage, react(message, bob, family), react(message, ann, '❤️'), react(message, cem, family));
    expect(await reactions()).toEqual({
      mentions: [7],
      reactions: [
        { emoji: family, user_ids: [bob, cem] },
        { emoji: '❤️', user_ids: [ann] },
      ],
    });
    // Alike to look at, and yet another text: nothing is normalised, so everybody finds the one they sent.
    await mustWrite(storage, react(message, bob, family, false), react(message, ann, '❤'), react(message, bob, `'"\\`));
    expect((await reactions()).reactions).toEqual([
      { emoji: family, user_ids: [cem] },
      { emoji: '❤️', user_ids: [ann] },
      { emoji: '❤', user_ids: [ann] },
      { emoji: `'"\\`, user_ids: [bob] },
    ]);
    await mustWrite(storage, react(message, cem, family, false), react(message, cem, family));
    expect((await reactions()).reactions.map((one: { emoji: string }) => one.emoji)).toEqual([
      '❤️',
      '❤',
      `'"\\`,
      family,
    ]);
    await mustWrite(
      storage,
      react(message, cem, family, false),
      react(message, ann, '❤️', false),
      react(message, ann, '❤', false),
      react(message, bob, `'"\\`, false),
    );
    expect(await storage.messages.find(chat_id, message.id)).toMatchObject({ meta, content: 'hello', edited_at: null });
  },

  async 'says of a page, of a find and of changes the same as of the reaction'({ storage }) {
    const ids = await people(storage, 5);
    const chat_id = await group(storage, ids);
    const [message] = (await post(storage, chat_id, ids[0] as number)) as [MessageRow];
    for (const n of upTo(20)) {
      const [outcome] = await mustWrite(storage, react(message, ids[n % 5] as number, `${n % 7}`));
      const row = messageOf(outcome);
      expect(await storage.messages.find(chat_id, message.id)).toEqual(row);
      expect(await messagesOf(storage, chat_id)).toEqual([row]);
      const changes = await storage.chats.changes({ chat_id, since: row.rev - 1, floor_seq: 0, limit: 9 });
      expect(changes?.messages).toEqual([row]);
    }
  },
};
