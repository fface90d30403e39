import type { MessageType } from '@dialect/protocol';

export interface MessageRow {
  id: number;
  chat_id: number;
  seq: number;
  rev: number;
  sender_id: number;
  client_id: string;
  message_type: MessageType;
  content: string;
  reply_to_id: number | null;
  sent_at: number;
  edited_at: number | null;
  deleted_at: number | null;
  is_pinned: number;
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
}

export interface Messages {
  /** Deleted messages are left out. Within a chat the order of `seq` is the order of `id`. */
  page(page: MessagePage): Promise<MessageRow[]>;
  /** Null when there is no such message in this chat. */
  find(chat_id: number, id: number): Promise<MessageRow | null>;
}
