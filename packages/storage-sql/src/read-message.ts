import type { MessageRow } from '@dialect/core';
import type { Sql } from './statement.js';

/** The one place where a message leaves its row. */
export function readMessage(sql: Sql, row: MessageRow): MessageRow {
  row.content = sql.dialect.readContent(row.content);
  row.meta = readMetaText(sql, row.meta);
  return row;
}

export function readMetaText(sql: Sql, meta: MessageRow['meta']): MessageRow['meta'] {
  return meta === null ? null : sql.dialect.readContent(meta);
}
