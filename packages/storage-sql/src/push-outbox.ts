import type { MessageRow } from '@dialect/core';
import type { Schema } from './schema.js';
import type { SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

/** Puts messages into the outbox of pushes, in the transaction that stores them. */
export function createOutboxInsert(sql: Sql) {
  const insert = sql.rowsStatement((db, rows: Schema['push_outbox'][]) =>
    db
      .insertInto('push_outbox')
      .values(rows.map((row) => ({ chat_id: row.chat_id, seq: row.seq, sender_id: row.sender_id, at: row.at }))),
  );
  return async (connection: SqlConnection, messages: readonly MessageRow[]): Promise<void> => {
    const rows = messages.map(({ chat_id, seq, sender_id, sent_at }) => ({ chat_id, seq, sender_id, at: sent_at }));
    for (const chunk of inChunks(rows, sql.dialect.rows_per_insert)) await insert.run(connection, chunk);
  };
}
