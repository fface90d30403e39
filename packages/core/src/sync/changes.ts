import { type Changes, protocolLimits } from '@dialect/protocol';
import { z } from 'zod';
import type { Context } from '../context.js';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { MemberRow } from '../ports/index.js';
import { presentChats, presentMembers } from '../present.js';
import { chatSchema, id, memberSchema, messageSchema, seq } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Rows in one answer. */
const page_size_max = 1_000;

/**
 * What changed in a chat since a revision; with 0, a snapshot of the chat with its newest messages. Somebody who was
 * removed learns exactly that, and nothing of what happened since.
 */
export const changes = defineUseCase({
  name: 'sync.changes',
  summary: 'What changed in a chat since a revision',
  access: 'user',
  input: z.object({ chat_id: id, since: seq, limit: z.int().min(1).max(page_size_max).default(500) }),
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
  const page = { chat_id, floor_seq: me.cleared_seq, limit: protocolLimits.snapshot_messages, offset: 0 };
  const rows = (await storage.messages.page(page)).reverse();
  const messages = rows.map((row) => messageToWire(row, statusOf(row, chat.participants)));
  return { chat_id, from: 0, to: chat.rev, chat, members: chat.participants, messages, snapshot: true, more: false };
}

async function difference(me: MemberRow, since: number, limit: number, context: Context): Promise<Changes> {
  const { chat_id, user_id, cleared_seq } = me;
  const { storage } = context;
  const found = await storage.chats.changes({ chat_id, since, floor_seq: cleared_seq, limit });
  if (!found) throw new MessengerError('NOT_A_MEMBER');
  const marks = await storage.members.standings(chat_id);
  const changed =
    found.chat.meta_rev > since ? await presentChats(await storage.chats.views(user_id, [chat_id]), context) : [];
  return {
    chat_id,
    from: since,
    to: found.to,
    ...(changed[0] && { chat: changed[0] }),
    members: await presentMembers(found.members, context),
    messages: found.messages.map((row) => messageToWire(row, statusOf(row, marks))),
    snapshot: false,
    more: found.more,
  };
}
