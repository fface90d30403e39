import type { ChatRow, MediaRow, MemberRow, MessageRow, UserRow } from '@dialect/core';
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
  messages: Stored<MessageRow>;
  /** One row per read mark: who had read up to where, and when. */
  read_log: { chat_id: number; user_id: number; seq: number; at: number };
  /** `size` is null until the bytes are there; `removed_at`: they are about to go, and nobody may refer to them. */
  media: Omit<MediaRow, 'size'> & { size: number | null; removed_at: number | null };
}

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
  'media',
];
