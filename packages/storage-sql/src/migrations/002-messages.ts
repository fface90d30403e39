import type { Migration } from './migration.js';

/** What messages carry, what is pinned, hidden and cleared, and what members settle for themselves. */
export const messages = {
  name: '002-messages',
  statements({ db, dialect, named }) {
    const { integer, content } = dialect.types;
    const number = (table: string, column: string, otherwise: number) =>
      db.schema.alterTable(table).addColumn(column, integer, (definition) => definition.notNull().defaultTo(otherwise));

    const pins = db.schema
      .createTable('pins')
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('seq', integer, (column) => column.notNull())
      .addColumn('pinned_by', integer, (column) => column.notNull())
      .addColumn('pinned_at', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('pins_primary'), ['chat_id', 'seq']);

    const hidden = db.schema
      .createTable('hidden')
      .addColumn('user_id', integer, (column) => column.notNull())
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('seq', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('hidden_primary'), ['user_id', 'chat_id', 'seq']);

    const scrubs = db.schema
      .createTable('scrubs')
      .addColumn('chat_id', integer, (column) => column.notNull())
      .addColumn('done_seq', integer, (column) => column.notNull())
      .addColumn('up_to_seq', integer, (column) => column.notNull())
      .addPrimaryKeyConstraint(named('scrubs_primary'), ['chat_id']);

    return [
      db.schema.alterTable('messages').addColumn('meta', content),
      number('chats', 'cleared_seq', 0),
      // Below every `last_seq`: not hidden, even while nothing was written.
      number('members', 'hidden_seq', -1),
      number('members', 'hidden_count', 0),
      db.schema.alterTable('members').addColumn('muted_until', integer),
      ...[pins, hidden, scrubs].map((table) => dialect.finishTable(table)),
    ];
  },
} as const satisfies Migration;
