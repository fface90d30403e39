import type { ChatRow, MemberRow } from '@dialect/core';
import { otherOf } from './pair-key.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/** A chat whose row is locked in this transaction: its counters, and who may write, read once for the whole batch. */
export interface LockedChat {
  row: ChatRow;
  nextRev(): number;
  member(user_id: number): Promise<MemberRow | null>;
  /** What a membership operation has made of a member; later operations of the batch see it. */
  setMember(member: MemberRow): void;
  /** In a private chat: the other side has blocked this user. */
  isBlocked(user_id: number): Promise<boolean>;
  memberCount(): Promise<number>;
  /** Writes the counters back, once, if anything changed. */
  save(): Promise<void>;
}

export type LockChat = (connection: SqlConnection, chat_id: number) => Promise<LockedChat | null>;

export function createLockChat(sql: Sql): LockChat {
  const lock = sql.statement((db, v: { id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('chats').selectAll().where('id', '=', v.id)),
  );
  const findMember = sql.statement((db, v: { chat_id: number; user_id: number }) =>
    sql.dialect.forUpdate(
      db.selectFrom('members').selectAll().where('chat_id', '=', v.chat_id).where('user_id', '=', v.user_id),
    ),
  );
  const findBlock = sql.statement((db, v: { blocker_id: number; blocked_id: number }) =>
    db
      .selectFrom('blocks')
      .select('blocker_id')
      .where('blocker_id', '=', v.blocker_id)
      .where('blocked_id', '=', v.blocked_id),
  );
  const countMembers = sql.statement((db, v: { chat_id: number }) =>
    db
      .selectFrom('members')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('chat_id', '=', v.chat_id)
      .where('left_at', 'is', null),
  );
  const update = sql.statement(
    (db, v: Pick<ChatRow, 'id' | 'last_seq' | 'rev' | 'meta_rev' | 'last_message_at' | 'updated_at'>) =>
      db
        .updateTable('chats')
        .set({
          last_seq: v.last_seq,
          rev: v.rev,
          meta_rev: v.meta_rev,
          last_message_at: v.last_message_at,
          updated_at: v.updated_at,
        })
        .where('id', '=', v.id),
  );

  return async (connection, chat_id) => {
    const found = await lock.first(connection, { id: chat_id });
    if (!found) return null;
    const row: ChatRow = found;
    const rev_before = row.rev;
    const members = new Map<number, MemberRow | null>();
    const blocked = new Map<number, boolean>();

    return {
      row,
      nextRev: () => ++row.rev,
      async member(user_id) {
        let member = members.get(user_id);
        if (member === undefined) {
          member = await findMember.first(connection, { chat_id, user_id });
          members.set(user_id, member);
        }
        return member;
      },
      setMember: (member) => members.set(member.user_id, member),
      async isBlocked(user_id) {
        if (row.pair_key === null) return false;
        let is_blocked = blocked.get(user_id);
        if (is_blocked === undefined) {
          const blocker_id = otherOf(row.pair_key, user_id);
          is_blocked = (await findBlock.first(connection, { blocker_id, blocked_id: user_id })) !== null;
          blocked.set(user_id, is_blocked);
        }
        return is_blocked;
      },
      async memberCount() {
        return Number((await countMembers.first(connection, { chat_id }))?.count);
      },
      async save() {
        if (row.rev !== rev_before) await update.run(connection, row);
      },
    };
  };
}
