import type { MessageRow } from '@dialect/core';
import type { Quote } from '@dialect/protocol';
import { readMessage } from './read-message.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/** Characters of a quoted message that travel along; whoever wants a longer one has it, or asks for it. */
const quoted_characters = 4_096;

export function quoteOf(message: MessageRow | null): Quote | null {
  if (!message || message.deleted_at !== null) return null;
  const { id, sender_id, message_type, content } = message;
  return { id, sender_id, message_type, content: content.length > quoted_characters ? null : content };
}

export type AddQuotes = (connection: SqlConnection, messages: readonly MessageRow[]) => Promise<void>;

/** Puts beside each answer the message that it answers, as it stands now. Where there is no answer nothing is asked. */
export function createQuotes(sql: Sql): AddQuotes {
  const find = sql.listStatement((db, ids: number[]) => db.selectFrom('messages').selectAll().where('id', 'in', ids));
  return async (connection, messages) => {
    const ids = new Set(messages.flatMap(({ reply_to_id }) => reply_to_id ?? []));
    if (ids.size === 0) return;
    const found: MessageRow[] = await find(connection, [...ids], {});
    const byId = new Map(found.map((row) => [row.id, readMessage(sql, row)]));
    for (const message of messages) {
      if (message.reply_to_id !== null) message.reply_to = quoteOf(byId.get(message.reply_to_id) ?? null);
    }
  };
}
