import type { ChatType } from '@dialect/protocol';
import type { MessageRow } from './messages.js';

/** A message whose recipients have not been looked for yet. */
export interface OutboxRow {
  chat_id: number;
  seq: number;
  sender_id: number;
  at: number;
  /** The message's, as it stands: whom it mentions is in it. */
  meta: MessageRow['meta'];
}

/** A present member who may hear of somebody's messages, as they stand. */
export interface PushRecipient {
  user_id: number;
  joined_seq: number;
  delivered_seq: number;
  cleared_seq: number;
  muted_until: number | null;
}

/** What one user has to be told of one chat: of one message alone, the newest that they have to hear of. */
export interface NewPush {
  user_id: number;
  seq: number;
  /** When that message was sent. */
  at: number;
  /** When it is time to look whether they still need to be told. */
  due_at: number;
}

/** A push that was taken, with how its user stands in the chat by now. */
export interface DuePush extends NewPush {
  chat_id: number;
  /** How often the sender has failed. */
  attempts: number;
  /** The devices that are left to be told; null for all of them. */
  device_ids: number[] | null;
  is_member: boolean;
  delivered_seq: number;
  cleared_seq: number;
  muted_until: number | null;
  /** They have blocked the message's sender. */
  is_blocked: boolean;
  /** They have deleted the message for themselves. */
  is_hidden: boolean;
  chat_type: ChatType;
  chat_name: string | null;
}

export type PushKey = Pick<DuePush, 'user_id' | 'chat_id' | 'seq'>;

/**
 * The durable side of push: an outbox row per message, written with the message; then one row per user and chat until
 * the user has been told. Whatever dies in between, the rows are there, and any node goes on with them.
 */
export interface Pushes {
  /** The oldest of each chat first. `meta` comes from the message: a send writes nothing more for it. */
  outbox(limit: number): Promise<OutboxRow[]>;
  /** The present members other than the sender who have a device and have not blocked the sender. */
  recipients(chat_id: number, sender_id: number): Promise<PushRecipient[]>;
  /**
   * Replaces the outbox rows of each chat up to `seq` by its pushes, all in one transaction. A chat whose rows are gone
   * was expanded by another node, and its pushes are left out. Where a user has a push of the chat already the newer
   * message takes its place, for all devices; the earlier `due_at` stands, but one that has failed keeps its own.
   */
  expand(chats: readonly { chat_id: number; seq: number; pushes: readonly NewPush[] }[]): Promise<void>;
  /**
   * At most `limit` pushes that are due at `at`; nobody else gets them before `until`, or before they are settled. How
   * their users stand is no older than this call: a push may have waited long, and whoever has blocked its sender,
   * deleted its message or left since must not be told.
   */
  take(query: { at: number; until: number; limit: number }): Promise<DuePush[]>;
  /**
   * `done` are removed, `later` are changed, and all of them may be taken again. What has meanwhile become a push of a
   * newer message stays as it is.
   */
  settle(outcome: {
    done: readonly PushKey[];
    later: readonly (PushKey & Pick<DuePush, 'due_at' | 'attempts' | 'device_ids'>)[];
  }): Promise<void>;
  /** Makes the pushes of these users due that wait for a time after `at`, and have never failed. */
  hurry(user_ids: readonly number[], at: number): Promise<void>;
  /** Removes the same ones instead. */
  forget(user_ids: readonly number[], at: number): Promise<void>;
}
