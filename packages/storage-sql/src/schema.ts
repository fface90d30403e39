import type { ChatType, MessageType, Role } from '@dialect/protocol';
import type { Generated } from 'kysely';

/** The tables, without their prefix. Column names are the names of the domain and of the wire. */
export interface Schema {
  meta: { name: string; value: string };
  migrations: { name: string; applied_at: number };
  users: {
    id: Generated<number>;
    external_id: string | null;
    username: string | null;
    username_key: string | null;
    first_name: string;
    last_name: string | null;
    /** Username and names in their normal form: what a search looks into, alike on every database. */
    search_key: string;
    public_key: string;
    avatar_url: string | null;
    banner_url: string | null;
    bio: string | null;
    status_text: string | null;
    status_expires_at: number | null;
    last_seen_at: number | null;
    urev: number;
    created_at: number;
  };
  credentials: { user_id: number; kind: string; lookup: string; secret: string };
  blocks: { blocker_id: number; blocked_id: number; created_at: number };
  chats: {
    id: Generated<number>;
    chat_type: ChatType;
    chat_name: string | null;
    avatar_url: string | null;
    owner_id: number | null;
    pair_key: string | null;
    client_id: string | null;
    last_seq: number;
    rev: number;
    meta_rev: number;
    last_message_at: number;
    created_at: number;
    updated_at: number;
  };
  members: {
    chat_id: number;
    user_id: number;
    role: Role;
    nickname: string | null;
    joined_seq: number;
    joined_at: number;
    left_at: number | null;
    read_seq: number;
    read_at: number | null;
    delivered_seq: number;
    cleared_seq: number;
    rev: number;
  };
  messages: {
    id: Generated<number>;
    chat_id: number;
    seq: number;
    rev: number;
    sender_id: number;
    client_id: string;
    message_type: MessageType;
    /** Text, or bytes where a driver returns them: read it through the dialect. */
    content: string;
    reply_to_id: number | null;
    sent_at: number;
    edited_at: number | null;
    deleted_at: number | null;
    is_pinned: number;
  };
  /** One row per read mark: who had read up to where, and when. */
  read_log: { chat_id: number; user_id: number; seq: number; at: number };
}

export const tableNames: readonly (keyof Schema)[] = [
  'meta',
  'migrations',
  'users',
  'credentials',
  'blocks',
  'chats',
  'members',
  'messages',
  'read_log',
];
