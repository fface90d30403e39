import { type Changes, protocolLimits } from '@dialect/protocol';
import { z } from 'zod';
import type { Context } from '../context.js';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { MemberRow, MessageRow } from '../ports/index.js';
import { presentChats, presentMembers } from '../present.js';
import { chatSchema, id, memberSchema, messageSchema, seq } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Rows in one answer, and characters of content: above, the answer is cut, and says so by `more`. */
const page_size_max = 200;
const page_characters = 256 * 1024;

/**
 * What changed in a chat since a revision; with 0, a snapshot of the chat with its newest messages. Somebody who was
 * removed learns exactly that, and nothing of what happened since.
 */
export const changes = defineUseCase({
  name: 'sync.changes',
  summary: 'What changed in a chat since a revision',
  description:
    'State and not a log: the rows above `since` as they are now, deleted messages and departed members as tombstones. With 0, a snapshot with the newest messages. `more` says to ask again from `to`.',
  errors: ['NOT_A_MEMBER'],
  example: { chat_id: 7, since: 9 },
  access: 'user',
  input: z.object({ chat_id: id, since: seq, limit: z.int().min(1).max(page_size_max).default(100) }),
  output: z.object({
    chat_id: id,
    from: seq,
    to: seq,
    chat: z.exactOptional(chatSchema),
    members: z.array(memberSchema),
    messages: z.array(messageSchema),
    snapshot: z.boolean(),
    more: z.boolean(),
  }),
  async run({ chat_id, since, limit }, context) {
    const me = await context.storage.members.get(chat_id, context.caller.user_id);
    if (!me) throw new MessengerError('NOT_A_MEMBER');
    if (me.left_at !== null) return farewell(me, since, context);
    return since === 0 ? snapshot(me, context) : difference(me, since, limit, context);
  },
});

async function farewell(me: MemberRow, from: number, context: Context): Promise<Changes> {
  const members = await presentMembers([me], context);
  return { chat_id: me.chat_id, from, to: me.rev, members, messages: [], snapshot: false, more: false };
}

async function snapshot(me: MemberRow, context: Context): Promise<Changes> {
  const { chat_id, user_id } = me;
  const { storage } = context;
  // The chat first, the messages after: a message in between is then above `to`, and comes again, instead of missing.
  const [chat] = await presentChats(await storage.chats.views(user_id, [chat_id]), context);
  if (!chat) throw new MessengerError('NOT_A_MEMBER');
  const newest = await storage.messages.page({
    chat_id,
    floor_seq: me.cleared_seq,
    limit: protocolLimits.snapshot_messages,
    offset: 0,
    ...(me.hidden_count > 0 && { hidden_from: user_id }),
  });
  // What was written after the chat was read may be none of the reader's business any more; else it comes as an event.
  const rows = newest.slice(0, lengthWithin(newest)).filter((row) => row.rev <= chat.rev);
  const messages = rows.reverse().map((row) => messageToWire(row, statusOf(row, chat.participants)));
  return { chat_id, from: 0, to: chat.rev, chat, members: chat.participants, messages, snapshot: true, more: false };
}

async function difference(me: MemberRow, since: number, limit: number, context: Context): Promise<Changes> {
  const { chat_id, user_id, cleared_seq } = me;
  const { storage } = context;
  const found = await storage.chats.changes({ chat_id, since, floor_seq: cleared_seq, limit });
  if (!found) throw new MessengerError('NOT_A_MEMBER');
  // Removed since `me` was read: then this row is among the changes, and all that there is to learn.
  const departed = found.members.find((member) => member.user_id === user_id && member.left_at !== null);
  if (departed) return farewell(departed, since, context);
  const fitting = found.messages.slice(0, lengthWithin(found.messages));
  const is_cut = fitting.length < found.messages.length;
  const to = is_cut ? (fitting.at(-1) as MessageRow).rev : found.to;
  const hidden = new Set(
    me.hidden_count > 0 ? await storage.messages.hidden({ chat_id, user_id, floor_seq: cleared_seq }) : [],
  );
  const messages = fitting.filter((row) => !hidden.has(row.seq));
  const marks = await storage.members.standings(chat_id);
  const changed =
    found.chat.meta_rev > since ? await presentChats(await storage.chats.views(user_id, [chat_id]), context) : [];
  return {
    chat_id,
    from: since,
    to,
    ...(changed[0] && { chat: changed[0] }),
    members: await presentMembers(
      found.members.filter((member) => member.rev <= to),
      context,
    ),
    messages: messages.map((row) => messageToWire(row, statusOf(row, marks))),
    snapshot: false,
    more: is_cut || found.more,
  };
}

/** How many of the rows fit one answer: at least one. */
function lengthWithin(rows: readonly MessageRow[]): number {
  let characters = 0;
  const first_over = rows.findIndex((row) => {
    characters += row.content.length;
    return characters > page_characters;
  });
  return first_over === -1 ? rows.length : Math.max(1, first_over);
}
