import type { SqlDialect } from '@dialect/storage-sql';
import { SqliteQueryCompiler, sql } from 'kysely';

const integer = sql`integer`;
const text = sql`text`;

/** What is particular to SQLite. Its whole database has one writer, so rows need no locks and any chats share a batch. */
export const sqliteDialect: SqlDialect = {
  createQueryCompiler: () => new SqliteQueryCompiler(),
  types: {
    integer,
    key: () => text,
    text: () => text,
    // No affinity: text stays text (UTF-8), and sealed bytes stay bytes.
    content: sql`blob`,
  },
  generatedId: (table, order) => {
    const withId = table.addColumn('id' as never, integer, (column) => column.primaryKey().autoIncrement());
    return order ? withId.addUniqueConstraint(order.name, order.columns) : withId;
  },
  finishTable: (table) => table,
  forUpdate: (query) => query,
  readContent: (value) => (typeof value === 'string' ? value : (value as Buffer).toString('utf8')),
  violatedKey(error) {
    const { code, message } = error as { code?: string; message?: string };
    return code?.startsWith('SQLITE_CONSTRAINT') ? (message ?? '') : null;
  },
  // SQLite has no code for it.
  isMissingTable: (error) => error instanceof Error && error.message.startsWith('no such table: '),
  isSchemaErrorOfRepeat: null,
  // The text never changes then, and its prepared statement is kept.
  rows_per_insert: 1,
  // A commit costs one fdatasync however much it holds, and what a batch reads of a chat it reads once: larger batches
  // are cheaper per message, up to where one would hold the event loop too long at a time.
  batching: { scope: 'database', max: 1_024 },
};
