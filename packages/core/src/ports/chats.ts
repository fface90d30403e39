import type { ChatType, ErrorCode, MessageType, Role } from '@dialect/protocol';
import type { MemberRow } from './members.js';
import type { MessageRow } from './messages.js';

export interface ChatRow {
  id: number;
  chat_type: ChatType;
  chat_name: string | null;
  avatar_url: string | null;
  owner_id: number | null;
  /** `lower:higher` user id of a private chat: what makes it one per pair. Null for groups. */
  pair_key: string | null;
  client_id: string | null;
  last_seq: number;
  rev: number;
  /** The `rev` at which the chat's own fields last changed. */
  meta_rev: number;
  last_message_at: number;
  /** Messages at or below are cleared for everyone, and for whoever joins. */
  cleared_seq: number;
  created_at: number;
  updated_at: number;
}

interface OperationBase {
  chat_id: number;
  actor_id: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** Everything that takes a `rev`. A new kind of change is a new member of this union, not a new port method. */
export type ChatOperation =
  | (Referring & {
      kind: 'append';
      client_id: string;
      content: string;
      message_type: MessageType;
      reply_to_id: number | null;
      /** What the message carries besides, as the text of a JSON object; see `MessageMeta`. */
      meta?: string | null;
      /** Leaves a row in the outbox of pushes, in the same transaction; nothing for a repeat. @default false */
      notify?: boolean;
    })
  | (MessageOperation & Referring & { kind: 'edit_message'; content: string; if_rev: number | null })
  /** For everyone: the row stays as a tombstone. */
  | (MessageOperation & { kind: 'delete_message' })
  | (MessageOperation & { kind: 'pin_message'; is_pinned: boolean })
  | (MessageOperation & { kind: 'react'; emoji: string; is_on: boolean })
  | (OperationBase & { kind: 'add_member'; user_id: number; role: Role })
  | (OperationBase & { kind: 'remove_member'; user_id: number })
  | (OperationBase & { kind: 'set_nickname'; user_id: number; nickname: string | null })
  /**
   * What is not given stays as it is. In the same step the file behind a new picture becomes used, and that of a picture
   * which is replaced is condemned; see `Media`.
   */
  | (OperationBase & { kind: 'update_chat'; chat_name?: string; avatar_url?: string | null })
  /** Everything written so far is gone for everyone: at once out of sight, then `scrub` empties the rows. */
  | (OperationBase & { kind: 'clear_history' })
  /** Clears the history; a group has no members from then on, a private chat is out of sight until somebody writes. */
  | (OperationBase & { kind: 'delete_chat' });

/** What is written may refer to files. */
interface Referring extends OperationBase {
  /**
   * From the commit on that stores what refers to them these files are in use; see `Media`. A refusal and a repeat claim
   * none, and what a message referred to before an edit stays in use.
   */
  media_names?: readonly string[];
}

interface MessageOperation extends OperationBase {
  message_id: number;
}

export type OperationOf<K extends ChatOperation['kind']> = Extract<ChatOperation, { kind: K }>;

/** What the storage reads, under the chat's lock, for `decide` to judge by. */
export interface Facts {
  chat: ChatRow;
  /** Who acts, as a member of the chat; a departed one has `left_at`. Null for a stranger. */
  actor: MemberRow | null;
  /** Whom a membership operation is about; null when they never were a member. */
  target: MemberRow | null;
  /** Present members; counted for `add_member` only. */
  member_count: number;
  /** The other side has blocked the actor: of a private chat the other one, of `add_member` who is to be added. */
  is_blocked: boolean;
  /** False when the operation names a user (to add) or a message (to reply to) that does not exist in its place. */
  reference_exists: boolean;
  /**
   * What an operation on a message is about; null when the actor sees no such message in this chat: another chat's, one
   * that they have cleared or deleted for themselves, and but for `delete_message` one that is deleted for everyone.
   */
  message: MessageRow | null;
}

/** Null to let the operation pass. Pure: it is called inside a transaction and may be called again on a retry. */
export type Decide = (operation: ChatOperation, facts: Facts) => ErrorCode | null;

/** `duplicate`: it was so before, so nothing was stored, and there is nothing to tell anybody. */
export type WriteOutcome =
  | { kind: 'refused'; code: ErrorCode }
  | { kind: 'message'; message: MessageRow; duplicate: boolean }
  /** Who joins or leaves leaves a message of type `system`, under the next `seq` and `rev`. */
  | { kind: 'member'; member: MemberRow; rev: number; duplicate: boolean; system: MessageRow | null }
  /** `freed`: the files to which nothing refers any more, condemned with the change; their bytes may go. */
  | { kind: 'chat'; chat: ChatRow; rev: number; freed: readonly string[]; duplicate: boolean };

export type OutcomeOf<K extends WriteOutcome['kind']> = Extract<WriteOutcome, { kind: K }>;

/** A chat as a member sees it. */
export interface ChatView {
  chat: ChatRow;
  me: MemberRow;
  /** The newest message that the member may see, or null. */
  last_message: MessageRow | null;
  /** Others' messages above the member's marks: exact while the marks are at most `unread_cap` messages behind. */
  unread_count: number;
  /** The marks are further behind than that; `unread_count` is then the cap. */
  unread_capped: boolean;
}

export interface Chats {
  /**
   * The one way to change a chat durably. The operations take effect in the order given, each under its chat's next
   * `rev` (an `append` under the next `seq` too), without holes and without repeats however many callers race; all are
   * committed to disk together before the promise resolves, and on a throw none has happened.
   *
   * Under the chat's lock the order is: a repeated (chat_id, actor_id, client_id), also one within the batch, yields
   * the message stored first, as a success with `duplicate`; then `decide` is asked, with the facts as they stand at
   * that point of the batch; then the change is made. A refusal stores nothing and does not touch its neighbours. An
   * unknown chat is refused as NOT_A_MEMBER.
   */
  write(operations: readonly ChatOperation[], decide: Decide): Promise<WriteOutcome[]>;
  /**
   * The chat of this pair, made if there is none. Callers who race get the same chat; one of them has `created`. An id
   * of a user that does not exist is the caller's mistake and makes it throw.
   */
  openPrivate(pair: { user_ids: [number, number]; at: number }): Promise<{ chat: ChatRow; created: boolean }>;
  /**
   * A new group with its members at `rev` 1, the owner among them. A repeated (owner_id, client_id) yields the first
   * group. Ids of users that do not exist are the caller's mistake and make it throw.
   * @throws BLOCKED when one of the members has blocked the owner, however the two race
   */
  createGroup(group: {
    owner_id: number;
    client_id: string;
    chat_name: string;
    member_ids: readonly number[];
    at: number;
  }): Promise<{ chat: ChatRow; created: boolean }>;
  /**
   * The user's chats but for the hidden ones, the most recently active first. `after_chat_id`: those below that chat in
   * the same order, none when the user was never in it.
   */
  list(page: { user_id: number; limit: number; offset: number; after_chat_id: number | null }): Promise<ChatView[]>;
  /** Those of the given chats that the user is a present member of. */
  views(user_id: number, chat_ids: readonly number[]): Promise<ChatView[]>;
  /**
   * Every chat the user is or was in: its `rev`, or for a departed member the `rev` of the departure. `is_hidden`: the
   * user has deleted it for themselves, and nothing was written since.
   */
  heads(user_id: number): Promise<{ chat_id: number; rev: number; is_member: boolean; is_hidden: boolean }[]>;
  /**
   * The rows of one chat whose `rev` is above `since`, in ascending `rev`, at most about `limit`; a `rev` is never
   * split. Messages at or below `floor_seq` are left out. `to` is the `rev` up to which the answer is complete;
   * nothing above it is in the answer. Null: no such chat.
   */
  changes(query: { chat_id: number; since: number; floor_seq: number; limit: number }): Promise<{
    chat: ChatRow;
    members: MemberRow[];
    messages: MessageRow[];
    to: number;
    more: boolean;
  } | null>;
}
