import { migrations as released } from '../src/migrations/index.js';
import type { Migration } from '../src/migrations/migration.js';

const notes = {
  name: '901-notes',
  statements: ({ db, dialect, named }) => [
    db.schema.alterTable('members').addColumn('note', dialect.types.text(255)),
    db.schema.createIndex(named('members_role')).on('members').columns(['role', 'user_id']),
  ],
} as const satisfies Migration;

/** Without a key: the database itself would not keep it from being filled twice. */
const tallies = {
  name: '902-tallies',
  statements: ({ db, dialect, named }) => [
    dialect.finishTable(
      db.schema
        .createTable(named('tallies'))
        .addColumn('chat_id', dialect.types.integer, (column) => column.notNull())
        .addColumn('messages', dialect.types.integer, (column) => column.notNull()),
    ),
    text(`insert into ${named('tallies')} (chat_id, messages)
      select chat_id, count(*) from ${named('messages')}
      where chat_id not in (select chat_id from ${named('tallies')}) group by chat_id`),
  ],
} as const satisfies Migration;

const text = (sql: string) => ({ compile: () => ({ sql }) });

/** Stand for the releases to come: a column, an index, a table, and rows that are made of other rows. */
export const further = [notes, tallies] as const satisfies readonly Migration[];

export const all = [...released, ...further] as const;
