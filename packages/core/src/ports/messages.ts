import type { Forward, Media, MessageType, Quote, Reaction, SystemNote } from '@dialect/protocol';

export interface MessageRow {
  id: number;
  chat_id: number;
  seq: number;
  rev: number;
  sender_id: number;
  client_id: string;
  message_type: MessageType | 'system';
  content: string;
  reply_to_id: number | null;
  sent_at: number;
  edited_at: number | null;
  deleted_at: number | null;
  is_pinned: number;
  /** The text of a `MessageMeta`, or null: most messages carry nothing else, and are never parsed. */
  meta: string | null;
  /** Not a column: the message of `reply_to_id` as it stands, null when it is deleted, absent where nobody looked. */
  reply_to?: Quote | null;
}

/** What a message may carry besides its content. */
export interface MessageMeta {
  forward?: Forward;
  mentions?: number[];
  media?: Media;
  reactions?: Reaction[];
  system?: SystemNote;
}

export interface MessagePage {
  chat_id: number;
  /** Messages at or below this `seq` are not the reader's to see. */
  floor_seq: number;
  /** Newest first below this `seq`. */
  before_seq?: number;
  /** Oldest first above this `seq`. Not together with `before_seq`. */
  after_seq?: number;
  limit: number;
  offset: number;
  /** Leaves out messages of type `system`. */
  without_system?: boolean;
  /** Leaves out what this user has deleted for themselves. */
  hidden_from?: number;
}

export interface Messages {
  /** Deleted messages are left out. Within a chat the order of `seq` is the order of `id`. */
  page(page: MessagePage): Promise<MessageRow[]>;
  /** Null when there is no such message in this chat. */
  find(chat_id: number, id: number): Promise<MessageRow | null>;
  /** The chat of a message, which never changes; null when there is no such message. */
  locate(id: number): Promise<number | null>;
  /** The pinned ones above `floor_seq`, the latest pinned first. */
  pinned(page: { chat_id: number; floor_seq: number; limit: number; offset: number }): Promise<MessageRow[]>;
  /** When each user's read mark first reached `seq`; users whose mark is below it are left out. */
  readers(chat_id: number, seq: number): Promise<{ user_id: number; read_at: number }[]>;
  /** Deletes a message for one user alone. Repeats are fine. */
  hide(hidden: { chat_id: number; user_id: number; seq: number }): Promise<void>;
  /** Which messages of the chat the user has deleted for themselves, above `floor_seq`. */
  hidden(query: { chat_id: number; user_id: number; floor_seq: number }): Promise<number[]>;
  /**
   * Empties rows of what was cleared for everyone, a slice at a time, over all chats and after a crash from where it
   * stood. False: there is nothing left to empty.
   */
  scrub(limit: number): Promise<boolean>;
}
