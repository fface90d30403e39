import type { TestDatabase } from './databases.js';
import type { all } from './further-migrations.js';

export type MigrationName = (typeof all)[number]['name'];

/** In plain SQL: the storage of today writes what the schema of today has. */
type Fill = (sql: TestDatabase['sql']) => Promise<unknown>;

/**
 * What people had in the database when each migration was the newest, on top of what they had before. The compiler asks
 * for a line here with every new migration: what its columns and tables hold by the time of the next one.
 */
export const fills: Record<MigrationName, Fill> = {
  /**
   * Ann, Bob, and Cem, who has an account of ours. Ann and Bob have a private chat, in which Bob has not read the last
   * two messages; all three were in a group, which Cem has left.
   */
  async '001-messenger'(sql) {
    const people = [
      "(1, 'ann', null, null, 'Ann', 'ann', '', 1000)",
      "(2, 'bob', null, null, 'Bob', 'bob', 'a key', 1001)",
      "(3, null, 'Çem', 'çem', 'Cem', 'çem cem', '', 1002)",
    ];
    await sql(
      `insert into dialect_users (id, external_id, username, username_key, first_name, search_key, public_key, created_at)
        values ${people.join(', ')}`,
    );
    await sql(
      "insert into dialect_credentials (user_id, kind, lookup, secret) values (3, 'phone', '+491700000', 'fake:terces')",
    );
    await sql('insert into dialect_blocks (blocker_id, blocked_id, created_at) values (3, 2, 1003)');
    await sql(
      `insert into dialect_chats (id, chat_type, chat_name, owner_id, pair_key, client_id, last_seq, rev, meta_rev,
        last_message_at, created_at, updated_at) values
        (1, 'private', null, null, '1:2', null, 3, 4, 1, 2003, 2000, 2003),
        (2, 'group', 'Three', 1, null, 'g', 2, 4, 1, 3003, 3000, 3003)`,
    );
    await sql(
      `insert into dialect_members (chat_id, user_id, role, joined_seq, joined_at, left_at, read_seq, read_at,
        delivered_seq, rev) values
        (1, 1, 'member', 0, 2000, null, 3, 2003, 3, 1), (1, 2, 'member', 0, 2000, null, 1, 2002, 2, 1),
        (2, 1, 'owner', 0, 3000, null, 2, 3003, 2, 1), (2, 2, 'member', 0, 3000, null, 0, null, 0, 1),
        (2, 3, 'member', 0, 3000, 3002, 1, 3001, 1, 3)`,
    );
    await sql(
      `insert into dialect_messages (id, chat_id, seq, rev, sender_id, client_id, message_type, content, reply_to_id,
        sent_at) values
        (1, 1, 1, 2, 1, 'a1', 'text', 'Hello, Bob', null, 2001), (2, 1, 2, 3, 1, 'a2', 'text', 'Ça va? 🙂', 1, 2002),
        (3, 1, 3, 4, 1, 'a3', 'text', 'c2VhbGVk', null, 2003), (4, 2, 1, 2, 3, 'c1', 'text', 'Bye', null, 3001),
        (5, 2, 2, 4, 1, 'a4', 'image', 'a picture', null, 3003)`,
    );
    await sql('insert into dialect_read_log (chat_id, user_id, seq, at) values (1, 2, 1, 2002), (2, 3, 1, 3001)');
  },

  /** The picture is pinned and liked, Ann has deleted a message for herself, and alone in a group she has cleared it. */
  async '002-messages'(sql) {
    const meta = '{"reactions":[{"emoji":"👍","user_ids":[2]}]}';
    await sql(`update dialect_messages set is_pinned = 1, meta = '${meta}' where id = 5`);
    await sql('insert into dialect_pins (chat_id, seq, pinned_by, pinned_at) values (2, 2, 1, 3004)');
    await sql('insert into dialect_hidden (user_id, chat_id, seq) values (1, 1, 2)');
    await sql('update dialect_members set hidden_count = 1, muted_until = 4000 where chat_id = 1 and user_id = 1');
    await sql(
      `insert into dialect_chats (id, chat_type, chat_name, owner_id, client_id, last_seq, rev, meta_rev,
        last_message_at, created_at, updated_at, cleared_seq) values
        (3, 'group', 'Alone', 1, 'h', 1, 3, 3, 4001, 4000, 4002, 1)`,
    );
    await sql(
      `insert into dialect_members (chat_id, user_id, role, joined_seq, joined_at, read_seq, read_at, delivered_seq,
        rev, cleared_seq) values (3, 1, 'owner', 0, 4000, 1, 4001, 1, 1, 1)`,
    );
    await sql(
      `insert into dialect_messages (id, chat_id, seq, rev, sender_id, client_id, message_type, content, sent_at)
        values (6, 3, 1, 2, 1, 'a5', 'text', '', 4001)`,
    );
    await sql('insert into dialect_scrubs (chat_id, done_seq, up_to_seq) values (3, 0, 1)');
  },

  /** Ann's picture, Bob's file that he never sent, and one that is about to go. */
  '003-media': (sql) =>
    sql(
      `insert into dialect_media (name, owner_id, kind, media_type, size, filename, width, height, thumbnail,
        created_at, used_at, removed_at) values
        ('avatar_aaaaaaaaaaaaaaaaaaaaaaaa.png', 1, 'avatar', 'image/png', 70, null, 2, 2, null, 5000, 5001, null),
        ('attachment_bbbbbbbbbbbbbbbbbbbbbbbb.pdf', 2, 'attachment', 'application/pdf', 9, 'Ç.pdf', null, null, null, 5002, null, null),
        ('attachment_cccccccccccccccccccccccc.bin', 2, 'attachment', 'application/octet-stream', null, null, null, null, null, 5003, null, 5004)`,
    ),

  /** Bob has a device, on which the last message of the private chat could not be shown yet; another one waits. */
  async '004-push'(sql) {
    await sql(
      "insert into dialect_devices (id, fcm_token, user_id, device_type, seen_at) values (1, 'token-1', 2, 'android', 1)",
    );
    await sql('insert into dialect_push_outbox (chat_id, seq, sender_id, at) values (2, 2, 1, 3003)');
    await sql(
      `insert into dialect_pushes (user_id, chat_id, seq, at, due_at, locked_until, attempts, device_ids)
        values (2, 1, 3, 2003, 2004, 0, 1, '[1]')`,
    );
  },

  '901-notes': (sql) => sql("update dialect_members set note = 'plays the piano' where user_id = 2"),

  '902-tallies': (sql) => sql('update dialect_tallies set messages = messages + 100 where chat_id = 2'),
};
