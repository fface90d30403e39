import type { SqlDialect } from '@dialect/storage-sql';
import { type InsertQueryNode, PostgresQueryCompiler, sql, ValuesNode } from 'kysely';

/** PostgreSQL does not tell the id of a new row by itself: the insert of one row has to ask for it. */
class InsertReturning extends PostgresQueryCompiler {
  protected override visitInsertQuery(node: InsertQueryNode): void {
    super.visitInsertQuery(node);
    // Not of many rows: nobody reads their ids from here, and their contents would travel back.
    if (node.values && ValuesNode.is(node.values) && node.values.values.length === 1) this.append(' returning *');
  }
}

const integer = sql`bigint`;

/** What is particular to PostgreSQL. */
export const postgresDialect: SqlDialect = {
  createQueryCompiler: () => new InsertReturning(),
  types: {
    // Not `integer`, which ends at 2^31.
    integer,
    // In the order of their bytes: an index in the order of the system's locale breaks when that one is updated.
    key: () => sql`text collate "C"`,
    text: () => sql`text`,
    // Contents are opaque and may hold NUL, which no text column takes.
    content: sql`bytea`,
  },
  // Not kysely's `autoIncrement`: that is a `serial`, an integer of 32 bits.
  generatedId: (table, order) => {
    const withId = table.addColumn('id' as never, integer, (column) =>
      column.generatedByDefaultAsIdentity().primaryKey(),
    );
    return order ? withId.addUniqueConstraint(order.name, order.columns) : withId;
  },
  finishTable: (table) => table,
  forUpdate: (query) => query.forUpdate(),
  contains: (text, part) => sql`strpos(${text}, ${part}) > 0`,
  readContent: (value) => (value as Buffer).toString('utf8'),
  violatedKey(error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    return code === '23505' ? (constraint ?? '') : null;
  },
  isMissingTable: (error) => (error as { code?: string }).code === '42P01',
  // Changes of the schema are part of their transaction.
  isSchemaErrorOfRepeat: null,
  rows_per_insert: 64,
  // Writers of different chats run side by side, and the server flushes their commits together.
  batching: { scope: 'chat', max: 256 },
};
