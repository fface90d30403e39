import { randomUUID } from 'node:crypto';
import type { Chat } from '@dialect/protocol';
import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';
import { presentChats } from '../present.js';

/** The chats' shared ways of coming into being; each route is a use case of its own. */

export async function openPrivate(target_user_id: number, context: Context): Promise<Chat> {
  const { storage, caller, clock } = context;
  if (target_user_id === caller.user_id) throw new MessengerError('CHAT_WITH_SELF', { field: 'target_user_id' });
  await mustExist([target_user_id], 'target_user_id', context);
  const opened = await storage.chats.openPrivate({ user_ids: [caller.user_id, target_user_id], at: clock.now() });
  if (opened.created) announceNew(opened.chat, [caller.user_id, target_user_id], context);
  // One that the caller has deleted for themselves is back when they open it.
  else await storage.members.settle({ chat_id: opened.chat.id, user_id: caller.user_id, hide: false });
  return viewOf(opened.chat.id, context);
}

export async function createGroup(
  input: { chat_name: string; participant_ids: readonly number[]; client_id?: string | undefined },
  context: Context,
): Promise<Chat> {
  const { storage, caller, clock, limits } = context;
  const member_ids = [...new Set([caller.user_id, ...input.participant_ids])];
  if (member_ids.length > limits.group_members) throw new MessengerError('GROUP_FULL', { field: 'participant_ids' });
  await mustExist(member_ids, 'participant_ids', context);
  const created = await storage.chats.createGroup({
    owner_id: caller.user_id,
    client_id: input.client_id ?? randomUUID(),
    chat_name: input.chat_name,
    member_ids,
    at: clock.now(),
  });
  if (created.created) announceNew(created.chat, member_ids, context);
  return viewOf(created.chat.id, context);
}

/** One of the caller's chats, as they see it. */
export async function viewOf(chat_id: number, context: Context): Promise<Chat> {
  const views = await context.storage.chats.views(context.caller.user_id, [chat_id]);
  const [chat] = await presentChats(views, context);
  if (!chat) throw new MessengerError('NOT_A_MEMBER');
  return chat;
}

function announceNew(chat: { id: number; rev: number }, member_ids: number[], context: Context): void {
  context.announce({ type: 'chat_created', chat_id: chat.id, rev: chat.rev, member_ids });
}

async function mustExist(user_ids: readonly number[], field: string, { storage }: Context): Promise<void> {
  const found = new Set((await storage.users.get(user_ids)).map((user) => user.id));
  const missing = user_ids.find((user_id) => !found.has(user_id));
  if (missing !== undefined) {
    throw new MessengerError('USER_NOT_FOUND', { field, message: `There is no user ${missing}.` });
  }
}
