import { randomUUID } from 'node:crypto';
import type { SqlConnection, SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';

/** The id of the database's history, made with its first start. */
export async function ensureEpoch(sql: Sql, database: SqlDatabase): Promise<void> {
  const find = (connection: SqlConnection) =>
    sql.all(connection, sql.db.selectFrom('meta').select('value').where('name', '=', 'epoch'));
  if ((await database.read(find)).length > 0) return;
  const insert = sql.db.insertInto('meta').values({ name: 'epoch', value: randomUUID() });
  await database
    .write((connection) => sql.all(connection, insert))
    .catch((error: unknown) => {
      // Another process that started at the same time was faster.
      if (!sql.dialect.violatedKey(error)) throw error;
    });
}
