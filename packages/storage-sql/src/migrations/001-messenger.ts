import type { CreateTableBuilder } from 'kysely';
import type { Migration } from './migration.js';

/** Accounts, chats, members and messages. */
export const messenger = {
  name: '001-messenger',
  statements({ db, dialect, named }) {
    const { integer, key, text, content } = dialect.types;
    const table = (name: string): CreateTableBuilder<string, never> => db.schema.createTable(name);

    const meta = table('meta')
      .addColumn('name', key(64), (column) => column.primaryKey().notNull())
      .addColumn('value', text(255), (column) => column.notNull());

    const users = dialect
      .generatedId(table('users'))
      .addColumn('external_id', key(255))
      .addColumn('username', text(64))
      .addColumn('username_key', key(128))
      .addColumn('first_name', text(255), (column) => column.notNull())
      .addColumn('last_name', text(255))
      .addColumn('search_key', key(700), (column) => column.notNull())
      .addColumn('public_key', text(4096), (column) => column.notNull())
      .addColumn('avatar_url', text(1024))
      .addColumn('banner_url', text(1024))
      .addColumn('bio', text(1024))
      .addColumn('status_text', text(255))
      .addColumn('status_expires_at', integer)
      .addColumn('last_seen_at', integer)
      .addColumn('urev', integer, (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', integer, (column) => column.notNull())
      .addUniqueConstraint(named('users_external_id'), ['external_id'])
      .addUniqueConstraint(named('users_username_key'), ['username_key']);

    const credentials = table('credentials')
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('kind', key(16), (column) => column.notNull())
      .addColumn('lookup', key(255), (column) => column.notNull())
      .addColumn('secret', text(255), (column) => column.notNull())
      .addUniqueConstraint(named('credentials_lookup'), ['kind', 'lookup']);

    const blocks = table('blocks')
      .addColumn('blocker_id', integer, (column) => column.notNull())
      .addColumn('blocked_id', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('blocks_primary'), ['blocker_id', 'blocked_id']);

    const chats = dialect
      .generatedId(table('chats'))
      .addColumn('chat_type', key(16), (column) => column.notNull())
      .addColumn('chat_name', text(255))
      .addColumn('avatar_url', text(1024))
      .addColumn('owner_id', integer)
      .addColumn('pair_key', key(40))
      .addColumn('client_id', key(64))
      .addColumn('last_seq', integer, (column) => column.notNull().defaultTo(0))
      .addColumn('rev', integer, (column) => column.notNull())
      .addColumn('meta_rev', integer, (column) => column.notNull())
      .addColumn('last_message_at', integer, (column) => column.notNull())
      .addColumn('created_at', integer, (column) => column.notNull())
      .addColumn('updated_at', integer, (column) => column.notNull())
      .addUniqueConstraint(named('chats_pair_key'), ['pair_key'])
      .addUniqueConstraint(named('chats_client_id'), ['owner_id', 'client_id']);

    const members = table('members')
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('role', key(16), (column) => column.notNull())
      .addColumn('nickname', text(64))
      .addColumn('joined_seq', integer, (column) => column.notNull())
      .addColumn('joined_at', integer, (column) => column.notNull())
      .addColumn('left_at', integer)
      .addColumn('read_seq', integer, (column) => column.notNull())
      .addColumn('read_at', integer)
      .addColumn('delivered_seq', integer, (column) => column.notNull())
      .addColumn('cleared_seq', integer, (column) => column.notNull().defaultTo(0))
      .addColumn('rev', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('members_primary'), ['chat_id', 'user_id']);

    // Read by the page: where a table has an order on disk, a chat's messages lie together.
    const messages = dialect
      .generatedId(
        table('messages')
          .addColumn('chat_id', integer, (column) => column.notNull())
          .addColumn('seq', integer, (column) => column.notNull()),
        { name: named('messages_seq'), columns: ['chat_id', 'seq'] as never[] },
      )
      .addColumn('rev', integer, (column) => column.notNull())
      .addColumn('sender_id', integer, (column) => column.notNull())
      .addColumn('client_id', key(64), (column) => column.notNull())
      .addColumn('message_type', key(16), (column) => column.notNull())
      .addColumn('content', content, (column) => column.notNull())
      .addColumn('reply_to_id', integer)
      .addColumn('sent_at', integer, (column) => column.notNull())
      .addColumn('edited_at', integer)
      .addColumn('deleted_at', integer)
      .addColumn('is_pinned', integer, (column) => column.notNull().defaultTo(0))
      // The client's id before the sender: one question for all the messages of a batch, whoever sends them.
      .addUniqueConstraint(named('messages_client_id'), ['chat_id', 'client_id', 'sender_id']);

    const readLog = table('read_log')
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('seq', integer, (column) => column.notNull())
      .addColumn('at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('read_log_primary'), ['chat_id', 'user_id', 'seq']);

    const index = (name: string, on: string, columns: string[]) =>
      db.schema.createIndex(named(name)).on(on).columns(columns);

    return [
      ...[meta, users, credentials, blocks, chats, members, messages, readLog].map((builder) =>
        dialect.finishTable(builder),
      ),
      index('credentials_user', 'credentials', ['user_id', 'kind']),
      index('members_user', 'members', ['user_id', 'chat_id']),
      index('members_rev', 'members', ['chat_id', 'rev']),
      // What changed since a revision: the question after every reconnect.
      index('messages_rev', 'messages', ['chat_id', 'rev']),
    ];
  },
} as const satisfies Migration;
