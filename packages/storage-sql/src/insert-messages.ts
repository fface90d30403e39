import type { MessageRow } from '@dialect/core';
import type { SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

/** Inserts the messages of one chat, in ascending `seq` without holes, and gives each its id. */
export function createInsertMessages(sql: Sql) {
  const insert = sql.rowsStatement((db, rows: Omit<MessageRow, 'id' | 'reply_to'>[]) =>
    db.insertInto('messages').values(
      rows.map((row) => ({
        chat_id: row.chat_id,
        seq: row.seq,
        rev: row.rev,
        sender_id: row.sender_id,
        client_id: row.client_id,
        message_type: row.message_type,
        content: row.content,
        reply_to_id: row.reply_to_id,
        sent_at: row.sent_at,
        edited_at: row.edited_at,
        deleted_at: row.deleted_at,
        is_pinned: row.is_pinned,
        meta: row.meta,
      })),
    ),
  );
  const findIds = sql.statement((db, v: { chat_id: number; after_seq: number; limit: number }) =>
    db
      .selectFrom('messages')
      .select('id')
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.after_seq)
      .orderBy('seq')
      .limit(v.limit),
  );

  return async (connection: SqlConnection, messages: readonly MessageRow[]): Promise<void> => {
    for (const rows of inChunks(messages, sql.dialect.rows_per_insert)) {
      const [first] = rows as [MessageRow];
      const { insert_id } = await insert.run(connection, rows);
      if (rows.length === 1) {
        first.id = insert_id;
        continue;
      }
      // Read back: whether the ids of one insert follow one another is a setting of the server.
      const range = { chat_id: first.chat_id, after_seq: first.seq - 1, limit: rows.length };
      const ids = await findIds.all(connection, range);
      rows.forEach((row, index) => {
        row.id = (ids[index] as { id: number }).id;
      });
    }
  };
}
