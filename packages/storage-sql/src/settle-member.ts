import type { MemberRow, Members } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import type { Sql } from './statement.js';

/** What a member settles for themselves: nobody else is told, and the chat has no new `rev`. */
export function createSettle(sql: Sql): Bindable<Members['settle']> {
  type Key = { chat_id: number; user_id: number };
  // The chat too: where it ends decides what is cleared, and a message that is being written comes after that.
  const lockChat = sql.statement((db, v: Key) =>
    sql.dialect.forUpdate(db.selectFrom('chats').select('last_seq').where('id', '=', v.chat_id)),
  );
  const lockMember = sql.statement((db, v: Key) =>
    sql.dialect.forUpdate(
      db.selectFrom('members').selectAll().where('chat_id', '=', v.chat_id).where('user_id', '=', v.user_id),
    ),
  );
  const update = sql.statement(
    (db, v: Pick<MemberRow, 'chat_id' | 'user_id' | 'cleared_seq' | 'hidden_seq' | 'muted_until'>) =>
      db
        .updateTable('members')
        .set({ cleared_seq: v.cleared_seq, hidden_seq: v.hidden_seq, muted_until: v.muted_until })
        .where('chat_id', '=', v.chat_id)
        .where('user_id', '=', v.user_id),
  );

  return (work) =>
    ({ chat_id, user_id, clear = false, hide, muted_until }) =>
      work.write(async (connection) => {
        const chat = await lockChat.first(connection, { chat_id, user_id });
        const member: MemberRow | null = chat && (await lockMember.first(connection, { chat_id, user_id }));
        if (!chat || !member || member.left_at !== null) return null;
        if (clear) member.cleared_seq = chat.last_seq;
        if (hide !== undefined) member.hidden_seq = hide ? chat.last_seq : -1;
        if (muted_until !== undefined) member.muted_until = muted_until;
        await update.run(connection, member);
        return member;
      });
}
