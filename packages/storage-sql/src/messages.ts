import type { MessageRow, Messages } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import type { Sql } from './statement.js';

export function createMessages(sql: Sql): Bindable<Messages> {
  type Page = { chat_id: number; floor_seq: number; edge_seq: number; limit: number; offset: number };
  const older = sql.statement((db, v: Page) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.floor_seq)
      .where('seq', '<', v.edge_seq)
      .where('deleted_at', 'is', null)
      .orderBy('seq', 'desc')
      .limit(v.limit)
      .offset(v.offset),
  );
  const newer = sql.statement((db, v: Page) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.floor_seq)
      .where('seq', '>', v.edge_seq)
      .where('deleted_at', 'is', null)
      .orderBy('seq', 'asc')
      .limit(v.limit)
      .offset(v.offset),
  );
  const byId = sql.statement((db, v: { chat_id: number; id: number }) =>
    db.selectFrom('messages').selectAll().where('id', '=', v.id).where('chat_id', '=', v.chat_id),
  );

  return (work) => ({
    page: ({ before_seq = Number.MAX_SAFE_INTEGER, after_seq, ...page }) =>
      work.read(async (connection) => {
        const rows =
          after_seq === undefined
            ? await older.all(connection, { ...page, edge_seq: before_seq })
            : await newer.all(connection, { ...page, edge_seq: after_seq });
        return rows.map((row) => readMessage(sql, row));
      }),
    find: (chat_id, id) =>
      work.read(async (connection) => {
        const row = await byId.first(connection, { chat_id, id });
        return row && readMessage(sql, row);
      }),
  });
}

/** The one place where a message leaves its row. */
export function readMessage(sql: Sql, row: MessageRow): MessageRow {
  row.content = sql.dialect.readContent(row.content);
  return row;
}
