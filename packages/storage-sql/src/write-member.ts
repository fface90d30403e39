import { type MemberRow, type MessageRow, type OperationOf, type WriteOutcome, writeMeta } from '@dialect/core';
import { createActorLock, createFindBlockers } from './blocks.js';
import type { LockedChat } from './locked-chat.js';
import type { OperationWriter } from './operation-writer.js';
import type { SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';
import { nextMessage } from './write-message.js';

type Membership = OperationOf<'add_member' | 'remove_member'>;

/** Joining and leaving: a departed member's row stays, as the tombstone that tells the others. */
export function createMemberWriter(sql: Sql): OperationWriter<Membership> {
  const findUser = sql.statement((db, v: { id: number }) => db.selectFrom('users').select('id').where('id', '=', v.id));
  const insert = createMemberInsert(sql);
  const lockActor = createActorLock(sql);
  const findBlockers = createFindBlockers(sql);
  const rejoin = sql.statement((db, v: MemberRow) =>
    db
      .updateTable('members')
      .set({
        role: v.role,
        joined_seq: v.joined_seq,
        joined_at: v.joined_at,
        left_at: v.left_at,
        read_seq: v.read_seq,
        delivered_seq: v.delivered_seq,
        cleared_seq: v.cleared_seq,
        hidden_seq: v.hidden_seq,
        rev: v.rev,
      })
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );
  // Nothing but this: the marks may move meanwhile, which takes no lock on the chat.
  const depart = sql.statement((db, v: Pick<MemberRow, 'chat_id' | 'user_id' | 'left_at' | 'rev'>) =>
    db
      .updateTable('members')
      .set({ left_at: v.left_at, rev: v.rev })
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );

  async function join(connection: SqlConnection, operation: Membership, chat: LockedChat): Promise<MemberRow> {
    const { user_id, at } = operation;
    const { id: chat_id, last_seq, cleared_seq } = chat.row;
    const known = chat.member(user_id);
    const member: MemberRow = {
      ...(known ?? newMember({ chat_id, user_id, at })),
      role: operation.kind === 'add_member' ? operation.role : 'member',
      joined_seq: last_seq,
      joined_at: at,
      left_at: null,
      // What was said before one came does not count as unread.
      read_seq: last_seq,
      delivered_seq: last_seq,
      cleared_seq: Math.max(known?.cleared_seq ?? 0, cleared_seq),
      hidden_seq: -1,
      rev: chat.nextRev(),
    };
    await (known ? rejoin.run(connection, member) : insert(connection, [member]));
    return member;
  }

  async function leave(connection: SqlConnection, { user_id, at }: Membership, chat: LockedChat): Promise<MemberRow> {
    const known = chat.member(user_id) as MemberRow;
    const member = { ...known, left_at: at, rev: chat.nextRev() };
    await depart.run(connection, member);
    return member;
  }

  return {
    findRepeated(_, { kind, user_id, at }, chat, { may_have_committed }) {
      const member = may_have_committed ? chat.member(user_id) : null;
      const changed_at = kind === 'add_member' ? member?.joined_at : member?.left_at;
      if (!member || changed_at !== at) return null;
      return { kind: 'member', member, rev: member.rev, duplicate: false, system: null };
    },

    async facts(connection, { kind, user_id, actor_id }, chat) {
      const target = chat.member(user_id);
      if (kind === 'remove_member') return { target };
      const reference_exists = (await findUser.first(connection, { id: user_id })) !== null;
      await lockActor(connection, actor_id);
      const is_blocked = (await findBlockers(connection, actor_id, [user_id])).length > 0;
      return { target, reference_exists, is_blocked, member_count: await chat.memberCount() };
    },

    async apply(connection, operation, chat): Promise<WriteOutcome> {
      const change = operation.kind === 'add_member' ? join : leave;
      const member = await change(connection, operation, chat);
      chat.setMember(member);
      chat.row.updated_at = operation.at;
      return { kind: 'member', member, rev: member.rev, duplicate: false, system: tellOf(operation, chat) };
    },
  };
}

/** The chat tells of it, under the next numbers: whoever was removed hears of the removal and of nothing after it. */
function tellOf({ kind, user_id, actor_id, at }: Membership, chat: LockedChat): MessageRow {
  const left = user_id === actor_id ? 'member_left' : 'member_removed';
  const message = nextMessage(chat, {
    sender_id: actor_id,
    // No client id of a person has a colon.
    client_id: `:${chat.row.rev + 1}`,
    message_type: 'system',
    content: '',
    reply_to_id: null,
    sent_at: at,
    meta: writeMeta({ system: { kind: kind === 'add_member' ? 'member_added' : left, user_id } }),
  });
  chat.append(message);
  return message;
}

/** A member of a new chat, who has read everything there is: nothing. */
export function newMember({ chat_id, user_id, at }: { chat_id: number; user_id: number; at: number }): MemberRow {
  return {
    chat_id,
    user_id,
    role: 'member',
    nickname: null,
    joined_seq: 0,
    joined_at: at,
    left_at: null,
    read_seq: 0,
    read_at: null,
    delivered_seq: 0,
    cleared_seq: 0,
    hidden_seq: -1,
    hidden_count: 0,
    muted_until: null,
    rev: 1,
  };
}

export function createMemberInsert(sql: Sql) {
  const insert = sql.rowsStatement((db, rows: MemberRow[]) =>
    db.insertInto('members').values(
      rows.map((row) => ({
        chat_id: row.chat_id,
        user_id: row.user_id,
        role: row.role,
        nickname: row.nickname,
        joined_seq: row.joined_seq,
        joined_at: row.joined_at,
        left_at: row.left_at,
        read_seq: row.read_seq,
        read_at: row.read_at,
        delivered_seq: row.delivered_seq,
        cleared_seq: row.cleared_seq,
        hidden_seq: row.hidden_seq,
        hidden_count: row.hidden_count,
        muted_until: row.muted_until,
        rev: row.rev,
      })),
    ),
  );
  return async (connection: SqlConnection, members: readonly MemberRow[]): Promise<void> => {
    for (const rows of inChunks(members, sql.dialect.rows_per_insert)) await insert.run(connection, rows);
  };
}
