import { type Facts, type MessageRow, type OperationOf, type WriteOutcome, withReaction } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import { createMediaMarks } from './media.js';
import type { OperationWriter } from './operation-writer.js';
import { createQuotes } from './quotes.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

type Kind = 'edit_message' | 'delete_message' | 'pin_message' | 'react';
type Change = OperationOf<Kind>;

/** What each kind makes of the message; null when it is so already. */
const changes: { [K in Kind]: (operation: OperationOf<K>, message: MessageRow) => Partial<MessageRow> | null } = {
  edit_message: ({ content, at }, message) => (content === message.content ? null : { content, edited_at: at }),
  delete_message: ({ at }, message) =>
    message.deleted_at === null ? { content: '', meta: null, deleted_at: at, is_pinned: 0 } : null,
  pin_message: ({ is_pinned }, message) =>
    is_pinned === (message.is_pinned === 1) ? null : { is_pinned: is_pinned ? 1 : 0 },
  react({ emoji, actor_id, is_on }, message) {
    const meta = withReaction(message, { emoji, user_id: actor_id, is_on });
    return meta === message.meta ? null : { meta };
  },
};

/** Editing, deleting, pinning, reacting: the row takes the chat's next `rev`, and the chat has one more change. */
export function createMessageChanger(sql: Sql): OperationWriter<Change> {
  const addQuotes = createQuotes(sql);
  const { claim } = createMediaMarks(sql);
  const update = sql.statement((db, v: Omit<MessageRow, 'reply_to'>) =>
    db
      .updateTable('messages')
      .set({
        rev: v.rev,
        content: v.content,
        edited_at: v.edited_at,
        deleted_at: v.deleted_at,
        is_pinned: v.is_pinned,
        meta: v.meta,
      })
      .where('chat_id', '=', v.chat_id)
      .where('seq', '=', v.seq),
  );
  type Pin = { chat_id: number; seq: number };
  const pin = sql.statement((db, v: Pin & { pinned_by: number; pinned_at: number }) =>
    db.insertInto('pins').values({ chat_id: v.chat_id, seq: v.seq, pinned_by: v.pinned_by, pinned_at: v.pinned_at }),
  );
  const unpin = sql.statement((db, v: Pin) =>
    db.deleteFrom('pins').where('chat_id', '=', v.chat_id).where('seq', '=', v.seq),
  );

  /** The list of pins follows the flag. */
  async function movePin(connection: SqlConnection, operation: Change, { chat_id, seq, is_pinned }: MessageRow) {
    if (is_pinned === 0) await unpin.run(connection, { chat_id, seq });
    else await pin.run(connection, { chat_id, seq, pinned_by: operation.actor_id, pinned_at: operation.at });
  }

  async function outcomeOf(connection: SqlConnection, message: MessageRow, duplicate: boolean): Promise<WriteOutcome> {
    // A copy: later operations of the batch go on changing the row.
    const outcome = { ...message };
    await addQuotes(connection, [outcome]);
    return { kind: 'message', message: outcome, duplicate };
  }

  return {
    // Whether it is so already is found when it is made, and by then the actor's right to ask has been looked at. But an
    // edit under a condition, cut off while it committed, would no longer meet the condition: it has changed the `rev`.
    findRepeated(connection, operation, chat, { may_have_committed }) {
      if (!may_have_committed || operation.kind !== 'edit_message') return null;
      const message = chat.messageWithId(operation.message_id);
      const { actor_id, content, at } = operation;
      const is_own = message?.sender_id === actor_id && message.edited_at === at && message.content === content;
      return is_own && message.deleted_at === null ? outcomeOf(connection, message, false) : null;
    },

    async facts(_, { kind, actor_id, message_id }, chat): Promise<Partial<Facts>> {
      const message = chat.messageWithId(message_id);
      const is_there = message?.deleted_at === null || kind === 'delete_message';
      const is_visible = message && is_there && (await chat.sees(actor_id, message));
      return { message: is_visible ? message : null, is_blocked: await chat.isBlocked(actor_id) };
    },

    async apply(connection, operation, chat: LockedChat, { may_have_committed }): Promise<WriteOutcome> {
      const message = chat.messageWithId(operation.message_id) as MessageRow;
      // The table pairs each kind with its own change; the compiler cannot follow that through the lookup.
      const change = changes[operation.kind](operation as never, message);
      if (change) {
        const was_pinned = message.is_pinned;
        Object.assign(message, change, { rev: chat.nextRev() });
        await update.run(connection, message);
        await claim(connection, operation);
        if (message.is_pinned !== was_pinned) await movePin(connection, operation, message);
      }
      // After a lost commit it may be this very operation that made it so: then it is told, which is harmless twice.
      return outcomeOf(connection, message, !change && !may_have_committed);
    },
  };
}
