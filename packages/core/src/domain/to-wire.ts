import type { Chat, Me, Member, Message, MessageStatus, User, UserStatus } from '@dialect/protocol';
import type { ChatView } from '../ports/chats.js';
import type { MemberRow } from '../ports/members.js';
import type { MessageRow } from '../ports/messages.js';
import type { UserRow } from '../ports/users.js';
import { readMeta } from './message-meta.js';
import { displayName } from './names.js';
import { statusOf } from './receipts.js';

/** One function per entity turns a row into its wire form. */

let second = Number.NaN;
let second_text = '';

/** Formatting a date costs as much as the rest of a message; those of one page or batch mostly share their second. */
export function time(ms: number): string {
  const its_second = Math.floor(ms / 1000);
  if (its_second !== second) {
    second = its_second;
    second_text = new Date(its_second * 1000).toISOString().slice(0, -4);
  }
  return `${second_text}${String(ms - its_second * 1000).padStart(3, '0')}Z`;
}
export const timeOrNull = (ms: number | null): string | null => (ms === null ? null : time(ms));

export function userToWire(row: UserRow, now: { at: number; is_online: boolean }): User {
  const expired = row.status_expires_at !== null && row.status_expires_at <= now.at;
  return {
    id: row.id,
    username: row.username,
    first_name: row.first_name,
    last_name: row.last_name,
    public_key: row.public_key,
    avatar_url: row.avatar_url,
    banner_url: row.banner_url,
    bio: row.bio,
    status_text: expired ? null : row.status_text,
    status_expires_at: expired ? null : timeOrNull(row.status_expires_at),
    is_online: now.is_online,
    last_seen_at: timeOrNull(row.last_seen_at),
    created_at: time(row.created_at),
  };
}

/** `at`: when somebody came or went; null where nobody knows. */
export function statusToWire(user_id: number, is_online: boolean, at: number | null): UserStatus {
  const status = is_online ? 'online' : 'offline';
  return { type: 'user_status', user_id, is_online, status, last_seen_at: timeOrNull(at) };
}

export function meToWire(user: User, row: UserRow, phone_number: string | null): Me {
  return { ...user, phone_number, external_id: row.external_id };
}

export function memberToWire(row: MemberRow, user: User): Member {
  return {
    ...user,
    user_id: row.user_id,
    role: row.role,
    nickname: row.nickname,
    joined_at: time(row.joined_at),
    left_at: timeOrNull(row.left_at),
    is_active: row.left_at === null,
    joined_seq: row.joined_seq,
    read_seq: row.read_seq,
    delivered_seq: row.delivered_seq,
    rev: row.rev,
  };
}

export function messageToWire(row: MessageRow, status: MessageStatus): Message {
  return {
    id: row.id,
    chat_id: row.chat_id,
    seq: row.seq,
    rev: row.rev,
    sender_id: row.sender_id,
    client_id: row.client_id,
    content: row.deleted_at === null ? row.content : '',
    message_type: row.message_type,
    sent_at: time(row.sent_at),
    status,
    reply_to_id: row.reply_to_id,
    is_pinned: row.is_pinned === 1,
    is_edited: row.edited_at !== null,
    edited_at: timeOrNull(row.edited_at),
    is_deleted: row.deleted_at !== null,
    ...(row.reply_to && { reply_to: row.reply_to }),
    ...(row.meta !== null && readMeta(row)),
  };
}

/** `members` are the present ones; the name of a private chat is the other's. */
export function chatToWire(view: ChatView, members: readonly Member[]): Chat {
  const { chat, me, last_message } = view;
  const other = chat.chat_type === 'private' ? members.find((member) => member.user_id !== me.user_id) : undefined;
  return {
    id: chat.id,
    chat_type: chat.chat_type,
    chat_name: other ? displayName(other) : chat.chat_name,
    avatar_url: other ? other.avatar_url : chat.avatar_url,
    owner_id: chat.owner_id,
    participants: [...members],
    rev: chat.rev,
    last_seq: chat.last_seq,
    last_message: last_message && messageToWire(last_message, statusOf(last_message, members)),
    unread_count: view.unread_count,
    unread_capped: view.unread_capped,
    read_seq: me.read_seq,
    delivered_seq: me.delivered_seq,
    cleared_seq: me.cleared_seq,
    muted_until: timeOrNull(me.muted_until),
    created_at: time(chat.created_at),
    updated_at: time(chat.updated_at),
  };
}
