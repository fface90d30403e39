import type { ChatRow, OperationOf, WriteOutcome } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import { createMediaMarks } from './media.js';
import type { OperationWriter } from './operation-writer.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

type ChatChange = OperationOf<'update_chat' | 'clear_history' | 'delete_chat'>;
type Own = Pick<ChatRow, 'id' | 'chat_name' | 'avatar_url' | 'cleared_seq'>;

/** Changes of the chat itself, and of all that was written in it. */
export function createChatWriter(sql: Sql): OperationWriter<ChatChange> {
  const { exchange } = createMediaMarks(sql);
  const update = sql.statement((db, v: Own) =>
    db
      .updateTable('chats')
      .set({ chat_name: v.chat_name, avatar_url: v.avatar_url, cleared_seq: v.cleared_seq })
      .where('id', '=', v.id),
  );
  type Range = { chat_id: number; seq: number };
  const clearMembers = sql.statement((db, v: Range) =>
    db.updateTable('members').set({ cleared_seq: v.seq }).where('chat_id', '=', v.chat_id),
  );
  const hideFromMembers = sql.statement((db, v: Range) =>
    db
      .updateTable('members')
      .set({ hidden_seq: v.seq })
      .where('chat_id', '=', v.chat_id)
      .where('hidden_seq', '<', v.seq),
  );
  const dismiss = sql.statement((db, v: { chat_id: number; at: number; rev: number }) =>
    db
      .updateTable('members')
      .set({ left_at: v.at, rev: v.rev })
      .where('chat_id', '=', v.chat_id)
      .where('left_at', 'is', null),
  );
  const unpin = sql.statement((db, v: Range) =>
    db.deleteFrom('pins').where('chat_id', '=', v.chat_id).where('seq', '<=', v.seq),
  );
  const forgetScrub = sql.statement((db, v: { chat_id: number }) =>
    db.deleteFrom('scrubs').where('chat_id', '=', v.chat_id),
  );
  const scrubOf = sql.statement((db, v: { chat_id: number }) =>
    db.selectFrom('scrubs').select('done_seq').where('chat_id', '=', v.chat_id),
  );
  const planScrub = sql.statement((db, v: { chat_id: number; done_seq: number; up_to_seq: number }) =>
    db.insertInto('scrubs').values({ chat_id: v.chat_id, done_seq: v.done_seq, up_to_seq: v.up_to_seq }),
  );

  async function clear(connection: SqlConnection, chat: LockedChat): Promise<void> {
    const { id: chat_id, last_seq: seq, cleared_seq: before } = chat.row;
    const range = { chat_id, seq };
    chat.row.cleared_seq = seq;
    await clearMembers.run(connection, range);
    await unpin.run(connection, range);
    // What an earlier clearing has not emptied yet is emptied with this one.
    const done_seq = (await scrubOf.first(connection, { chat_id }))?.done_seq ?? before;
    await forgetScrub.run(connection, { chat_id });
    await planScrub.run(connection, { chat_id, done_seq, up_to_seq: seq });
    chat.eachMember((member) => (member.cleared_seq = seq));
  }

  /** @returns false when it is so already */
  async function make(connection: SqlConnection, operation: ChatChange, chat: LockedChat): Promise<boolean> {
    const { row } = chat;
    if (operation.kind === 'update_chat') {
      const { chat_name = row.chat_name, avatar_url = row.avatar_url } = operation;
      if (chat_name === row.chat_name && avatar_url === row.avatar_url) return false;
      Object.assign(row, { chat_name, avatar_url });
      return true;
    }
    const is_clear = row.cleared_seq === row.last_seq;
    if (!is_clear) await clear(connection, chat);
    if (operation.kind === 'clear_history') return !is_clear;
    if (row.chat_type === 'private') {
      // Either side may have it in sight: one has hidden it for themselves alone, or opened it again.
      const { affected } = await hideFromMembers.run(connection, { chat_id: row.id, seq: row.last_seq });
      chat.eachMember((member) => (member.hidden_seq = row.last_seq));
      return !is_clear || affected > 0;
    }
    await dismiss.run(connection, { chat_id: row.id, at: operation.at, rev: row.rev + 1 });
    chat.eachMember((member) => {
      if (member.left_at === null) Object.assign(member, { left_at: operation.at, rev: row.rev + 1 });
    });
    return true;
  }

  const outcomeOf = ({ row }: LockedChat, freed: string[], duplicate: boolean): WriteOutcome => ({
    kind: 'chat',
    chat: { ...row },
    rev: row.rev,
    freed,
    duplicate,
  });

  return {
    findRepeated(_, { kind, actor_id, at }, chat, { may_have_committed }) {
      // Nobody is a member of a group that is gone, so nobody could ask.
      const is_own = kind === 'delete_chat' && may_have_committed && chat.member(actor_id)?.left_at === at;
      return is_own ? outcomeOf(chat, [], false) : null;
    },

    facts: async (_, { actor_id }, chat) => ({ is_blocked: await chat.isBlocked(actor_id) }),

    async apply(connection, operation, chat, { may_have_committed }) {
      const before = [chat.row.avatar_url];
      const is_new = await make(connection, operation, chat);
      if (is_new) {
        chat.row.meta_rev = chat.nextRev();
        chat.row.updated_at = operation.at;
        await update.run(connection, chat.row);
      }
      const freed = await exchange(connection, { before, after: [chat.row.avatar_url], at: operation.at });
      return outcomeOf(chat, freed, !is_new && !may_have_committed);
    },
  };
}
