import type { MemberRow, OperationOf } from '@dialect/core';
import type { OperationWriter } from './operation-writer.js';
import type { Sql } from './statement.js';

/** How a member is called in one chat. */
export function createNicknameWriter(sql: Sql): OperationWriter<OperationOf<'set_nickname'>> {
  const rename = sql.statement((db, v: Pick<MemberRow, 'chat_id' | 'user_id' | 'nickname' | 'rev'>) =>
    db
      .updateTable('members')
      .set({ nickname: v.nickname, rev: v.rev })
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );
  return {
    findRepeated: () => null,
    async facts(_, { user_id, actor_id }, chat) {
      return { target: chat.member(user_id), is_blocked: await chat.isBlocked(actor_id) };
    },
    async apply(connection, { user_id, nickname }, chat, { may_have_committed }) {
      const known = chat.member(user_id) as MemberRow;
      const is_new = known.nickname !== nickname;
      const member = is_new ? { ...known, nickname, rev: chat.nextRev() } : known;
      if (is_new) await rename.run(connection, member);
      chat.setMember(member);
      return { kind: 'member', member, rev: member.rev, duplicate: !is_new && !may_have_committed, system: null };
    },
  };
}
