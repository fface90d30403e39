import type { ChatRow, DeviceRow, DuePush, MediaRow, MemberRow, MessageRow, OutboxRow, UserRow } from '@dialect/core';
import type { Generated } from 'kysely';

/** A row of the domain as its table holds it: the database gives the id. */
type Stored<Row extends { id: number }> = Omit<Row, 'id'> & { id: Generated<number> };

/** The tables, without their prefix. Column names are the names of the domain and of the wire. */
export interface Schema {
  meta: { name: string; value: string };
  migrations: { name: string; applied_at: number };
  /** One row: who migrates, and at which statement. */
  migration_lock: { name: string; owner: string; expires_at: number; step: string | null };
  /** `search_key`: username and names in their normal form, what a search looks into, alike on every database. */
  users: Stored<UserRow> & { search_key: string };
  credentials: { user_id: number; kind: string; lookup: string; secret: string };
  blocks: { blocker_id: number; blocked_id: number; created_at: number };
  chats: Stored<ChatRow>;
  members: MemberRow;
  /** `content` may be bytes where a driver returns them: it is read through the dialect. */
  messages: Stored<Omit<MessageRow, 'reply_to'>>;
  /** One row per read mark: who had read up to where, and when. */
  read_log: { chat_id: number; user_id: number; seq: number; at: number };
  pins: { chat_id: number; seq: number; pinned_by: number; pinned_at: number };
  /** Messages that a user has deleted for themselves. */
  hidden: { user_id: number; chat_id: number; seq: number };
  /** Histories cleared for everyone whose rows are still to be emptied: those above `done_seq`, up to `up_to_seq`. */
  scrubs: { chat_id: number; done_seq: number; up_to_seq: number };
  devices: Stored<DeviceRow>;
  /** `meta` is the message's, and not stored twice. */
  push_outbox: Omit<OutboxRow, 'meta'>;
  pushes: PushRow;
  /** `size` is null until the bytes are there; `removed_at`: they are about to go, and nobody may refer to them. */
  media: Omit<MediaRow, 'size'> & { size: number | null; removed_at: number | null };
}

/** What one user has to be told of one chat. Times are milliseconds since 1970. */
export type PushRow = Pick<DuePush, 'user_id' | 'chat_id' | 'seq' | 'at' | 'due_at' | 'attempts'> & {
  /** Who took it has it until then. */
  locked_until: number;
  /** JSON; null for all devices. */
  device_ids: string | null;
};

export const tableNames: readonly (keyof Schema)[] = [
  'meta',
  'migrations',
  'migration_lock',
  'users',
  'credentials',
  'blocks',
  'chats',
  'members',
  'messages',
  'read_log',
  'pins',
  'hidden',
  'scrubs',
  'devices',
  'push_outbox',
  'pushes',
  'media',
];
