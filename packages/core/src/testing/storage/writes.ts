import { expect } from 'vitest';
import type { Decide, Facts } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import {
  add,
  append,
  decide,
  group,
  memberOf,
  messageOf,
  messagesOf,
  mustWrite,
  people,
  post,
  privateChat,
  remove,
  start_at,
  unique,
  upTo,
  verdict,
  write,
} from './world.js';

/** The one way to change a chat. */
export const writeCases: Cases<Bed> = {
  async 'numbers messages and changes without holes, in the order given'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const one = await group(storage, [ann]);
    const two = await group(storage, [ann, bob]);
    const outcomes = await mustWrite(
      storage,
      append(two, ann, { content: 'a' }),
      append(one, ann, { content: 'b' }),
      remove(two, ann, bob),
      append(two, ann, { content: 'c' }),
      append(one, ann, { content: 'd' }),
    );
    const shape = outcomes.map((o) =>
      o.kind === 'message' ? [o.message.content, o.message.seq, o.message.rev] : o.kind,
    );
    expect(shape).toEqual([['a', 1, 2], ['b', 1, 2], 'member', ['c', 3, 5], ['d', 2, 3]]);
    expect(outcomes[2]).toMatchObject({
      rev: 3,
      member: { user_id: bob, rev: 3, left_at: start_at },
      system: { seq: 2, rev: 4 },
    });
    const [view] = await storage.chats.views(ann, [two]);
    expect(view?.chat).toMatchObject({ last_seq: 3, rev: 5, meta_rev: 1 });
  },

  async 'keeps a message to the letter'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const contents = [
      '\0 and \0',
      '👩‍👩‍👧 naïve ﷺ',
      `'";--\\%_\r\n`,
      ' ',
      '\u{10ffff}',
      'ü'.repeat(30_000),
      'x'.repeat(60_000),
    ];
    const outcomes = await mustWrite(
      storage,
      ...contents.map((content) => append(chat_id, ann, { content, message_type: 'voice', at: start_at + 5 })),
    );
    const rows = await messagesOf(storage, chat_id);
    expect(rows.map((row) => row.content)).toEqual(contents);
    expect(rows).toEqual(outcomes.map(messageOf));
    expect(rows[0]).toMatchObject({
      sender_id: ann,
      message_type: 'voice',
      reply_to_id: null,
      sent_at: start_at + 5,
      edited_at: null,
      deleted_at: null,
      is_pinned: 0,
    });
  },

  async 'answers a repeated client id with the message stored first'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const other = await group(storage, [ann, bob]);
    const client_id = unique();
    const [first] = await mustWrite(storage, append(chat_id, ann, { client_id, content: 'first' }));
    const again = await mustWrite(storage, append(chat_id, ann, { client_id, content: 'other', at: start_at + 9 }));
    expect(again).toEqual([{ kind: 'message', message: messageOf(first), duplicate: true }]);
    // The id is the sender's and the chat's own.
    const others = await mustWrite(storage, append(chat_id, bob, { client_id }), append(other, ann, { client_id }));
    expect(others.map(verdict)).toEqual(['message', 'message']);
    // Byte by byte: another case is another message.
    const cased = [append(chat_id, ann, { client_id: 'Case' }), append(chat_id, ann, { client_id: 'case' })];
    expect((await mustWrite(storage, ...cased)).map(verdict)).toEqual(['message', 'message']);
    expect((await messagesOf(storage, chat_id)).map((message) => message.seq)).toEqual(upTo(4));
  },

  async 'stores a client id once that is repeated within a batch and in a race'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const batch = (client_id: string) => [
      append(chat_id, ann, { client_id }),
      append(chat_id, ann),
      append(chat_id, ann, { client_id }),
    ];
    const outcomes = await mustWrite(storage, ...batch('twice'));
    expect(outcomes.map(verdict)).toEqual(['message', 'message', 'duplicate']);
    expect(messageOf(outcomes[2])).toEqual(messageOf(outcomes[0]));
    const raced = (await Promise.all(upTo(10).map(() => mustWrite(storage, ...batch('raced'))))).flat();
    const repeated = raced.filter((outcome) => messageOf(outcome).client_id === 'raced');
    expect(new Set(repeated.map((outcome) => messageOf(outcome).id)).size).toBe(1);
    expect(repeated.filter((outcome) => verdict(outcome) === 'message')).toHaveLength(1);
    expect((await messagesOf(storage, chat_id)).map((message) => message.seq)).toEqual(upTo(2 + 1 + 10));
  },

  async 'answers a repeat even after the sender was removed'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const message = append(chat_id, bob);
    const outcomes = await write(storage, message, remove(chat_id, ann, bob), message, append(chat_id, bob));
    expect(outcomes.map(verdict)).toEqual(['message', 'member', 'duplicate', 'NOT_A_MEMBER']);
  },

  async 'asks with the facts as they stand at that point of the batch'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    const outcomes = await write(
      storage,
      append(chat_id, bob),
      append(chat_id, cem),
      remove(chat_id, ann, bob),
      append(chat_id, bob),
      add(chat_id, bob, cem),
      add(chat_id, ann, cem),
      append(chat_id, cem),
      remove(chat_id, cem, cem),
      append(chat_id, cem),
      add(chat_id, ann, bob),
      append(chat_id, bob),
    );
    expect(outcomes.map(verdict).join(' ')).toBe(
      'message NOT_A_MEMBER member NOT_A_MEMBER NOT_A_MEMBER member message member NOT_A_MEMBER member message',
    );
    const revs = outcomes.flatMap((o) => {
      if (o.kind === 'message') return [o.message.rev];
      return o.kind === 'member' ? [o.rev, o.system?.rev] : [];
    });
    // Three messages, and four who come or go: each of these takes a number for itself and one for its message.
    expect(revs).toEqual(upTo(11, 2));
  },

  async 'tells the whole truth to decide'({ storage }) {
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    const chat_id = await group(storage, [ann, bob]);
    const elsewhere = await group(storage, [ann]);
    const [here] = await post(storage, chat_id, ann);
    const [there] = await post(storage, elsewhere, ann);
    await mustWrite(storage, remove(chat_id, ann, bob));
    const asked: Facts[] = [];
    const refuse: Decide = (_, facts) => {
      asked.push(structuredClone(facts));
      return 'FORBIDDEN';
    };
    await storage.chats.write(
      [
        append(chat_id, ann, { reply_to_id: (here as { id: number }).id }),
        append(chat_id, cem, { reply_to_id: (there as { id: number }).id }),
        add(chat_id, bob, cem),
        add(chat_id, ann, 999_999),
        remove(chat_id, ann, bob),
      ],
      refuse,
    );
    expect(asked).toHaveLength(5);
    const [reply, crossed, adding, ghost, removing] = asked as [Facts, Facts, Facts, Facts, Facts];
    expect(reply).toMatchObject({
      chat: { id: chat_id, rev: 4, last_seq: 2 },
      reference_exists: true,
      is_blocked: false,
    });
    expect(reply.actor).toEqual(await memberOf(storage, chat_id, ann));
    expect(crossed).toMatchObject({ actor: null, reference_exists: false });
    expect(adding).toMatchObject({ actor: { user_id: bob, left_at: start_at }, target: null, member_count: 1 });
    expect(ghost).toMatchObject({ target: null, reference_exists: false });
    expect(removing).toMatchObject({ actor: { role: 'owner' }, target: { user_id: bob, left_at: start_at } });
  },

  async 'stores nothing of a refusal and does not touch its neighbours'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann]);
    const outcomes = await write(
      storage,
      append(chat_id, ann),
      append(chat_id, bob),
      append(999_999, ann),
      append(chat_id, ann, { reply_to_id: 999_999 }),
      append(chat_id, ann),
    );
    expect(outcomes.map(verdict)).toEqual(['message', 'NOT_A_MEMBER', 'NOT_A_MEMBER', 'MESSAGE_NOT_FOUND', 'message']);
    expect((await messagesOf(storage, chat_id)).map(({ seq, rev }) => [seq, rev])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(await write(storage)).toEqual([]);
  },

  async 'leaves nothing of a batch in which something throws'({ storage, probe }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const one = await group(storage, [ann, bob]);
    const two = await group(storage, [ann]);
    const bad = append(two, ann, { content: 'bad' });
    const operations = [append(one, ann), remove(one, ann, bob), append(two, ann), bad, append(two, ann)];
    const broken: Decide = (operation, facts) => {
      if (operation.kind === 'append' && operation.content === 'bad') throw new Error('decide is broken');
      return decide(operation, facts);
    };
    await expect(storage.chats.write(operations, broken)).rejects.toThrow('decide is broken');
    expect(await probe.count('messages')).toBe(0);
    expect(await storage.chats.heads(bob)).toEqual([{ chat_id: one, rev: 1, is_member: true, is_hidden: false }]);
    // And the next ones are as if it had not been.
    expect((await write(storage, ...operations)).map(verdict)).toEqual([
      'message',
      'member',
      'message',
      'message',
      'message',
    ]);
    expect((await messagesOf(storage, two)).map(({ seq, rev }) => [seq, rev])).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  },

  async 'never lets a group grow beyond its limit, however many are added at once'({ storage }) {
    const ids = await people(storage, 40);
    const chat_id = await group(storage, ids.slice(0, 29));
    const [ann] = ids as [number];
    const outcomes = await Promise.all(ids.slice(30).map((id) => write(storage, add(chat_id, ann, id))));
    expect(outcomes.flat().map(verdict).sort()).toEqual([...Array(9).fill('GROUP_FULL'), 'member']);
    expect(await storage.members.of([chat_id])).toHaveLength(30);
  },

  async 'gives somebody who comes back the same row, with nothing unread'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 3);
    await mustWrite(storage, remove(chat_id, bob, bob), append(chat_id, ann), add(chat_id, ann, bob, start_at + 7));
    expect(await memberOf(storage, chat_id, bob)).toMatchObject({
      left_at: null,
      joined_seq: 5,
      joined_at: start_at + 7,
      read_seq: 5,
      delivered_seq: 5,
      role: 'member',
      rev: 8,
    });
    const [view] = await storage.chats.views(bob, [chat_id]);
    // The message of their own coming is neither unread nor the last one that a list shows.
    expect(view).toMatchObject({ unread_count: 0, last_message: { seq: 5 }, chat: { last_seq: 6 } });
    await post(storage, chat_id, ann);
    expect((await storage.chats.views(bob, [chat_id]))[0]?.unread_count).toBe(1);
  },

  async 'keeps the order of chats when the clock was set back'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await mustWrite(storage, append(chat_id, ann, { at: start_at + 50 }), append(chat_id, ann, { at: start_at - 50 }));
    const [view] = await storage.chats.views(ann, [chat_id]);
    expect(view?.chat.last_message_at).toBe(start_at + 50);
    expect((await messagesOf(storage, chat_id)).map((message) => message.sent_at)).toEqual([
      start_at + 50,
      start_at - 50,
    ]);
  },
};
