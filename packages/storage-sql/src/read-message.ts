import type { MessageRow } from '@dialect/core';
import type { Sql } from './statement.js';

/** The one place where a message leaves its row. */
export function readMessage(sql: Sql, row: MessageRow): MessageRow {
  row.content = sql.dialect.readContent(row.content);
  if (row.meta !== null) row.meta = sql.dialect.readContent(row.meta);
  return row;
}
