import type { ChatType, Id, Member, Message, Timestamp } from './wire.js';

/**
 * What the messenger tells the world after a commit. An event with a `rev` is durable: within a chat they are published
 * in the order of `rev` (but a host's transaction and a message that commit at the same moment may overtake each other),
 * and whoever misses one can read it from the tables. The others are hints about the moment.
 */
export type Event =
  | { type: 'message_created'; chat_id: Id; rev: number; message: Message }
  | MessageChange<'message_edited'>
  | MessageChange<'message_deleted'>
  | MessageChange<'message_pinned'>
  | MessageChange<'message_reacted'>
  | { type: 'chat_created'; chat_id: Id; rev: number; member_ids: Id[] }
  /** Somebody joined, got another nickname, or left: then `member.left_at` is set. `by` did it. */
  | ({ type: 'member_changed'; chat_id: Id; rev: number; member: Member; by: Id } & Audience)
  | { type: 'chat_updated'; chat_id: Id; rev: number; chat_name: string | null; avatar_url: string | null; by: Id }
  /** Messages up to `seq` are gone for everyone. */
  | { type: 'chat_history_cleared'; chat_id: Id; rev: number; for_everyone: true; seq: number; by: Id }
  /** A group that is gone has no members any more; a private chat is out of sight until somebody writes. */
  | { type: 'chat_deleted'; chat_id: Id; rev: number; chat_type: ChatType; for_everyone: true; by: Id }
  | OwnEvent
  | (MarkEvent & Audience)
  | ({ type: 'typing'; chat_id: Id; user_id: Id; is_typing: boolean } & Audience)
  | (UserStatus & { to: readonly Id[] });

/** Somebody came, or went. `to`: those with whom they share a private chat, and no block; not part of the frame. */
export interface UserStatus {
  type: 'user_status';
  user_id: Id;
  is_online: boolean;
  status: 'online' | 'offline';
  /** Of the change itself; null where it is not to be known. */
  last_seen_at: Timestamp | null;
}

interface Audience {
  /**
   * Whom a block keeps from hearing of it; from `member_changed`, from seeing more of the profile than names. It stays
   * on the server: who has blocked whom is in no frame.
   */
  hidden_from?: readonly Id[];
}

/** A message is not what it was: `message` is the whole of it as it stands, a tombstone when it was deleted. */
interface MessageChange<T> {
  type: T;
  chat_id: Id;
  rev: number;
  message: Message;
  by: Id;
}

/** What concerns one person only, told to their own connections. Without a `rev`: it is in `chats.list`. */
export type OwnEvent = { chat_id: Id; only_for: Id } & (
  | { type: 'chat_history_cleared'; for_everyone: false; seq: number }
  | { type: 'chat_deleted'; for_everyone: false }
  | { type: 'chat_muted'; muted_until: Timestamp | null }
  | { type: 'message_hidden'; message_id: Id; seq: number }
);

/** A mark moved: everything up to `seq` is read by, or delivered to, `user_id`. Coalesced, monotone, without a `rev`. */
export type MarkEvent = Mark<'message_read'> | Mark<'message_delivered'>;

interface Mark<T> {
  type: T;
  chat_id: Id;
  user_id: Id;
  seq: number;
  /** The message with that `seq`, under both names that the seeds' clients read. */
  message_id: Id;
  last_read_id: Id;
  /** The mark follows from a message that the user wrote: who knows that rule needs no receipt, and is sent none. */
  is_implied: boolean;
}

export type EventType = Event['type'];
export type EventOf<T extends EventType> = Extract<Event, { type: T }>;
