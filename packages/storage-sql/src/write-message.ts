import type { Facts, MessageRow, OperationOf, WriteOutcome } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import { createMediaMarks } from './media.js';
import type { OperationWriter } from './operation-writer.js';
import { quoteOf } from './quotes.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/** A message: under the chat's next `seq` and `rev`, once per (chat, sender, client id). */
export function createMessageWriter(sql: Sql): OperationWriter<OperationOf<'append'>> {
  const { claim } = createMediaMarks(sql);
  return {
    findRepeated(_, { actor_id, client_id, at }, chat, { may_have_committed }) {
      const message = chat.message(actor_id, client_id);
      if (!message) return null;
      // Stored by this very operation, which was cut off while it committed: nobody has been told of it yet.
      const is_own = may_have_committed && message.sent_at === at && chat.claim(message);
      return { kind: 'message', message: asItStands(message, chat), duplicate: !is_own };
    },

    async facts(_, { actor_id, reply_to_id }, chat): Promise<Partial<Facts>> {
      return {
        is_blocked: await chat.isBlocked(actor_id),
        ...(reply_to_id !== null && { reference_exists: (await quoted(reply_to_id, actor_id, chat)) !== null }),
      };
    },

    async apply(connection: SqlConnection, operation, chat): Promise<WriteOutcome> {
      const { actor_id, reply_to_id } = operation;
      const { row } = chat;
      // A clock that was set back must not reorder the list of chats.
      row.last_message_at = Math.max(row.last_message_at, operation.at);
      const message = nextMessage(chat, {
        sender_id: actor_id,
        client_id: operation.client_id,
        message_type: operation.message_type,
        content: operation.content,
        reply_to_id,
        sent_at: operation.at,
        meta: operation.meta ?? null,
      });
      if (reply_to_id !== null) message.reply_to = quoteOf(await quoted(reply_to_id, actor_id, chat));
      chat.append(message);
      if (operation.notify) chat.notify(message);
      if (operation.media_names?.length) await claim(connection, operation);
      return { kind: 'message', message, duplicate: false };
    },
  };
}

/** A message under the chat's next numbers, which gets its id when the batch is saved. */
export function nextMessage(
  chat: LockedChat,
  given: Pick<MessageRow, 'sender_id' | 'client_id' | 'message_type' | 'content' | 'reply_to_id' | 'sent_at' | 'meta'>,
): MessageRow {
  const { row } = chat;
  row.last_seq += 1;
  return {
    id: 0,
    chat_id: row.id,
    seq: row.last_seq,
    rev: chat.nextRev(),
    sender_id: given.sender_id,
    client_id: given.client_id,
    message_type: given.message_type,
    content: given.content,
    reply_to_id: given.reply_to_id,
    sent_at: given.sent_at,
    edited_at: null,
    deleted_at: null,
    is_pinned: 0,
    meta: given.meta,
  };
}

/** A copy, because later operations of the batch go on changing the row; one of this batch waits for its id yet. */
function asItStands(message: MessageRow, chat: LockedChat): MessageRow {
  if (message.id === 0) return message;
  const quoted = message.reply_to_id === null ? null : chat.messageWithId(message.reply_to_id);
  return { ...message, ...(quoted && { reply_to: quoteOf(quoted) }) };
}

/** The message to answer, if the one who answers can see it. */
async function quoted(id: number, actor_id: number, chat: LockedChat): Promise<MessageRow | null> {
  const message = chat.messageWithId(id);
  const is_visible = message?.deleted_at === null && (await chat.sees(actor_id, message));
  return is_visible ? message : null;
}
