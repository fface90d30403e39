import type { SqlDialect } from '@dialect/storage-sql';
import { MysqlQueryCompiler, sql } from 'kysely';
import { errnoOf } from './driver-errors.js';

const integer = sql`bigint`;

/** A table, a column or a key that is there already, or a key to drop that is not. */
const repeats = new Set([1050, 1060, 1061, 1091]);

/** What is particular to MySQL and MariaDB, which answer to the same texts. */
export const mysqlDialect: SqlDialect = {
  createQueryCompiler: () => new MysqlQueryCompiler(),
  types: {
    integer,
    // Byte by byte, and without padding: under utf8mb4_bin "a" and "a " would be one key. Each server reads its own
    // comment, for the collations have no common name.
    key: (length) =>
      sql`varchar(${sql.lit(length)}) character set utf8mb4 /*M!100300 collate utf8mb4_nopad_bin */ /*!80017 collate utf8mb4_0900_bin */`,
    text: (length) => sql`varchar(${sql.lit(length)})`,
    content: sql`mediumblob`,
  },
  // InnoDB keeps rows in the order of the primary key: with the chat in front, a page of history is one piece of disk.
  generatedId: (table, order) => {
    const name = 'id' as never;
    if (!order) return table.addColumn(name, integer, (column) => column.primaryKey().autoIncrement());
    return table
      .addColumn(name, integer, (column) => column.notNull().autoIncrement())
      .addPrimaryKeyConstraint(order.name, order.columns)
      .addUniqueConstraint(`${order.name}_id`, [name]);
  },
  // Named, because a server's own defaults differ, down to latin1.
  finishTable: (table) => table.modifyEnd(sql`engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`),
  forUpdate: (query) => query.forUpdate(),
  readContent: (value) => (typeof value === 'string' ? value : (value as Buffer).toString('utf8')),
  violatedKey(error) {
    if (errnoOf(error) !== 1062) return null;
    // "Duplicate entry 'x' for key 'table.key'", or without the table, and in the server's language: the key is what is
    // quoted last. The entry before it is somebody's text.
    return /'(?:[^']*\.)?([^'.]+)'[^']*$/.exec((error as Error).message)?.[1] ?? '';
  },
  isMissingTable: (error) => errnoOf(error) === 1146,
  isSchemaErrorOfRepeat: (error) => repeats.has(errnoOf(error)),
  rows_per_insert: 64,
  // Writers of different chats run side by side, and the server flushes their commits together.
  batching: { scope: 'chat', max: 256 },
};
