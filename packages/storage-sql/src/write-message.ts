import type { ChatOperation, Facts, MessageRow, WriteOutcome } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import type { OperationWriter } from './operation-writer.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

type Append = Extract<ChatOperation, { kind: 'append' }>;

/** A message: under the chat's next `seq` and `rev`, once per (chat, sender, client id). */
export function createMessageWriter(sql: Sql): OperationWriter<Append> {
  const findReferenced = sql.statement((db, v: { chat_id: number; id: number }) =>
    db
      .selectFrom('messages')
      .select('id')
      .where('id', '=', v.id)
      .where('chat_id', '=', v.chat_id)
      .where('deleted_at', 'is', null),
  );

  return {
    findRepeated({ actor_id, client_id, at }, chat, { may_have_committed }) {
      const message = chat.message(actor_id, client_id);
      if (!message) return null;
      // Stored by this very operation, which was cut off while it committed: nobody has been told of it yet.
      const is_own = may_have_committed && message.sent_at === at && chat.claim(message);
      return { kind: 'message', message, duplicate: !is_own };
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

    async apply(_: SqlConnection, operation: Append, chat: LockedChat): Promise<WriteOutcome> {
      const { row } = chat;
      row.last_seq += 1;
      // A clock that was set back must not reorder the list of chats.
      row.last_message_at = Math.max(row.last_message_at, operation.at);
      const message: MessageRow = {
        id: 0,
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
      chat.append(message);
      if (operation.notify) chat.notify(message);
      return { kind: 'message', message, duplicate: false };
    },
  };
}
