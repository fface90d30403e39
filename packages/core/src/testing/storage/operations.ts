import type { ChatOperation, MessageRow, OperationOf, Storage } from '../../ports/index.js';
import { truth } from './replica.js';
import { start_at } from './world.js';

/** Words for what happens to messages and to chats that are there already. */

type Given<K extends ChatOperation['kind']> = Partial<Omit<OperationOf<K>, 'kind'>>;

const on = ({ chat_id, id }: MessageRow, actor_id: number) => ({ chat_id, message_id: id, actor_id, at: start_at });

export const edit = (
  message: MessageRow,
  actor_id: number,
  content: string,
  given: Given<'edit_message'> = {},
): ChatOperation => ({ kind: 'edit_message', ...on(message, actor_id), content, if_rev: null, ...given });

export const erase = (message: MessageRow, actor_id: number, given: Given<'delete_message'> = {}): ChatOperation => ({
  kind: 'delete_message',
  ...on(message, actor_id),
  ...given,
});

export const pin = (message: MessageRow, actor_id: number, given: Given<'pin_message'> = {}): ChatOperation => ({
  kind: 'pin_message',
  ...on(message, actor_id),
  is_pinned: true,
  ...given,
});

export const react = (message: MessageRow, actor_id: number, emoji: string, is_on = true): ChatOperation => ({
  kind: 'react',
  ...on(message, actor_id),
  emoji,
  is_on,
});

export const nickname = (chat_id: number, actor_id: number, user_id: number, name: string | null): ChatOperation => ({
  kind: 'set_nickname',
  chat_id,
  actor_id,
  user_id,
  nickname: name,
  at: start_at,
});

export const updateChat = (chat_id: number, actor_id: number, given: Given<'update_chat'>): ChatOperation => ({
  kind: 'update_chat',
  chat_id,
  actor_id,
  at: start_at,
  ...given,
});

export const clearAll = (chat_id: number, actor_id: number, at = start_at): ChatOperation => ({
  kind: 'clear_history',
  chat_id,
  actor_id,
  at,
});

export const deleteAll = (chat_id: number, actor_id: number, at = start_at): ChatOperation => ({
  kind: 'delete_chat',
  chat_id,
  actor_id,
  at,
});

/** Everything that the port shows of a chat: two looks are equal when nothing was stored in between. */
export async function everythingOf(storage: Storage, chat_id: number, user_ids: readonly number[]): Promise<unknown> {
  return {
    rows: await truth(storage, chat_id, user_ids),
    changes: await storage.chats.changes({ chat_id, since: 0, floor_seq: 0, limit: 5_000 }),
    pinned: await storage.messages.pinned({ chat_id, floor_seq: 0, limit: 100, offset: 0 }),
    members: await Promise.all(user_ids.map((id) => storage.members.get(chat_id, id))),
    views: await Promise.all(user_ids.map((id) => storage.chats.views(id, [chat_id]))),
    heads: await Promise.all(user_ids.map((id) => storage.chats.heads(id))),
  };
}
