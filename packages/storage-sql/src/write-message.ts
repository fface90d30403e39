import type { ChatOperation, Facts, MessageRow, WriteOutcome } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import { readMessage } from './messages.js';
import type { OperationWriter } from './operation-writer.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

type Append = Extract<ChatOperation, { kind: 'append' }>;

/** A message: under the chat's next `seq` and `rev`, once per (chat, sender, client id). */
export function createMessageWriter(sql: Sql): OperationWriter<Append> {
  const findRepeated = sql.statement((db, v: { chat_id: number; sender_id: number; client_id: string }) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('sender_id', '=', v.sender_id)
      .where('client_id', '=', v.client_id),
  );
  const findReferenced = sql.statement((db, v: { chat_id: number; id: number }) =>
    db
      .selectFrom('messages')
      .select('id')
      .where('id', '=', v.id)
      .where('chat_id', '=', v.chat_id)
      .where('deleted_at', 'is', null),
  );
  const insert = sql.statement((db, v: Omit<MessageRow, 'id'>) =>
    db.insertInto('messages').values({
      chat_id: v.chat_id,
      seq: v.seq,
      rev: v.rev,
      sender_id: v.sender_id,
      client_id: v.client_id,
      message_type: v.message_type,
      content: v.content,
      reply_to_id: v.reply_to_id,
      sent_at: v.sent_at,
      edited_at: v.edited_at,
      deleted_at: v.deleted_at,
      is_pinned: v.is_pinned,
    }),
  );

  return {
    async findDuplicate(connection, { chat_id, actor_id, client_id }) {
      const row = await findRepeated.first(connection, { chat_id, sender_id: actor_id, client_id });
      return row && { kind: 'message', message: readMessage(sql, row), duplicate: true };
    },

    async facts(connection, operation, chat): Promise<Partial<Facts>> {
      const { actor_id, chat_id, reply_to_id } = operation;
      return {
        is_blocked: await chat.isBlocked(actor_id),
        ...(reply_to_id !== null && {
          reference_exists: (await findReferenced.first(connection, { chat_id, id: reply_to_id })) !== null,
        }),
      };
    },

    async apply(connection: SqlConnection, operation: Append, chat: LockedChat): Promise<WriteOutcome> {
      const { row } = chat;
      row.last_seq += 1;
      // A clock that was set back must not reorder the list of chats.
      row.last_message_at = Math.max(row.last_message_at, operation.at);
      const message = {
        chat_id: row.id,
        seq: row.last_seq,
        rev: chat.nextRev(),
        sender_id: operation.actor_id,
        client_id: operation.client_id,
        message_type: operation.message_type,
        content: operation.content,
        reply_to_id: operation.reply_to_id,
        sent_at: operation.at,
        edited_at: null,
        deleted_at: null,
        is_pinned: 0,
      };
      const { insert_id } = await insert.run(connection, message);
      return { kind: 'message', message: { id: insert_id, ...message }, duplicate: false };
    },
  };
}
