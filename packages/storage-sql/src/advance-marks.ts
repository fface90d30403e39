import type { MarkOutcome, MarkRequest, MemberRow, Members } from '@dialect/core';
import { sql as raw } from 'kysely';
import type { Attempt, Bindable, SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

type Key = Pick<MemberRow, 'chat_id' | 'user_id'>;
type Marks = Pick<MemberRow, 'chat_id' | 'user_id' | 'left_at' | 'read_seq' | 'read_at' | 'delivered_seq'>;
type Position = { chat_id: number; seq: number };

/** Keys in one statement: each is a term of its condition, and databases bound how deep that may be. */
const keys_per_statement = 64;

/** Members in one update: each row goes through the cases of all of them. */
const moves_per_statement = 16;

/** Read and delivered marks: monotone, clamped, and never a `rev`. */
export function createAdvance(sql: Sql): Bindable<Members['advance']> {
  // Members only, and never their chats: messages go on being written while marks are.
  const lock = sql.rowsStatement((db, keys: Key[]) =>
    sql.dialect.forUpdate(
      db
        .selectFrom('members')
        .select(['chat_id', 'user_id', 'left_at', 'read_seq', 'read_at', 'delivered_seq'])
        .where((eb) =>
          eb.or(keys.map((key) => eb.and([eb('chat_id', '=', key.chat_id), eb('user_id', '=', key.user_id)]))),
        )
        .orderBy('chat_id')
        .orderBy('user_id'),
    ),
  );
  const lastSeqs = sql.listStatement((db, ids: number[]) =>
    db.selectFrom('chats').select(['id', 'last_seq']).where('id', 'in', ids),
  );
  const move = sql.rowsStatement((db, rows: Omit<Marks, 'left_at'>[]) => {
    const newValue = (column: 'read_seq' | 'read_at' | 'delivered_seq') => {
      const cases = rows.map(
        (row) => raw`when chat_id = ${row.chat_id} and user_id = ${row.user_id} then ${row[column]}`,
      );
      return raw<number>`case ${raw.join(cases, raw` `)} else ${raw.ref(column)} end`;
    };
    return db
      .updateTable('members')
      .set({ read_seq: newValue('read_seq'), read_at: newValue('read_at'), delivered_seq: newValue('delivered_seq') })
      .where((eb) =>
        eb.or(rows.map((row) => eb.and([eb('chat_id', '=', row.chat_id), eb('user_id', '=', row.user_id)]))),
      );
  });
  const log = sql.rowsStatement((db, rows: (Key & { seq: number; at: number })[]) =>
    db
      .insertInto('read_log')
      .values(rows.map((row) => ({ chat_id: row.chat_id, user_id: row.user_id, seq: row.seq, at: row.at }))),
  );
  const messagesAt = sql.rowsStatement((db, keys: Position[]) =>
    db
      .selectFrom('messages')
      .select(['id', 'chat_id', 'seq'])
      .where((eb) => eb.or(keys.map((key) => eb.and([eb('chat_id', '=', key.chat_id), eb('seq', '=', key.seq)])))),
  );
  const bump = sql.listStatement((db, ids: number[]) =>
    db
      .updateTable('users')
      .set((eb) => ({ urev: eb('urev', '+', 1) }))
      .where('id', 'in', ids),
  );

  /** The members by their key, locked in ascending order: the one in which every transaction takes such locks. */
  async function lockMembers(connection: SqlConnection, requests: readonly MarkRequest[]): Promise<Map<string, Marks>> {
    const keys = [...new Map(requests.map((request) => [keyOf(request), request])).values()].sort(
      (a, b) => a.chat_id - b.chat_id || a.user_id - b.user_id,
    );
    const members = new Map<string, Marks>();
    for (const chunk of inChunks(keys, keys_per_statement)) {
      for (const member of await lock.all(connection, chunk)) members.set(keyOf(member), member);
    }
    return members;
  }

  /** What has been decided in memory, in as few statements as there are kinds of rows. */
  async function save(connection: SqlConnection, moves: readonly Move[]): Promise<Map<string, number>> {
    const changed = moves.filter((one) => one.is_new);
    const moved = [...new Set(changed.map((one) => one.member))];
    for (const rows of inChunks(moved, Math.min(moves_per_statement, sql.dialect.rows_per_insert))) {
      await move.run(connection, rows);
    }
    const logged = changed.flatMap(({ request: { kind, chat_id, user_id, at }, seq }) =>
      kind === 'read' ? { chat_id, user_id, seq, at } : [],
    );
    for (const rows of inChunks(logged, sql.dialect.rows_per_insert)) await log.run(connection, rows);
    const users = new Set(changed.map((one) => one.request.user_id));
    // After the members: nobody who holds a user waits for a member.
    await bump(
      connection,
      [...users].sort((a, b) => a - b),
      {},
    );

    const positions = moves.map(({ request: { chat_id }, seq }) => ({ chat_id, seq }));
    const ids = new Map<string, number>();
    for (const chunk of inChunks(positions, keys_per_statement)) {
      for (const { id, ...position } of await messagesAt.all(connection, chunk)) ids.set(placeOf(position), id);
    }
    return ids;
  }

  return (work) => (requests) =>
    work.write(async (connection, attempt) => {
      const members = await lockMembers(connection, requests);
      const chat_ids = [...new Set([...members.values()].map((member) => member.chat_id))];
      const last = new Map((await lastSeqs(connection, chat_ids, {})).map((chat) => [chat.id, chat.last_seq]));
      const results = requests.map((request) => {
        const member = members.get(keyOf(request));
        if (!member || member.left_at !== null) return null;
        const moved = moveMark(member, request, last.get(request.chat_id) ?? 0, attempt);
        return { moved, read_seq: member.read_seq, delivered_seq: member.delivered_seq };
      });
      const ids = await save(
        connection,
        results.flatMap((result) => result?.moved ?? []),
      );
      return results.map((result): MarkOutcome => {
        if (!result) return { kind: 'refused', code: 'NOT_A_MEMBER' };
        const { moved, read_seq, delivered_seq } = result;
        if (!moved) return { kind: 'marked', read_seq, delivered_seq, moved_to: null };
        const { seq } = moved;
        const message_id = ids.get(placeOf({ chat_id: moved.request.chat_id, seq })) ?? 0;
        return { kind: 'marked', read_seq, delivered_seq, moved_to: { seq, message_id } };
      });
    });
}

interface Move {
  member: Marks;
  request: MarkRequest;
  seq: number;
  /** To be written; else this very request wrote it, before it was cut off while it committed. */
  is_new: boolean;
}

/** Moves the member's mark forward, in memory; null when it stood there already. */
function moveMark(member: Marks, request: MarkRequest, last_seq: number, attempt: Attempt): Move | null {
  const { kind, at } = request;
  const seq = Math.min(request.seq, last_seq);
  const stands = kind === 'read' ? member.read_seq : member.delivered_seq;
  if (seq <= stands) {
    const is_own = attempt.may_have_committed && seq === stands && (kind === 'delivered' || member.read_at === at);
    return is_own && seq > 0 ? { member, request, seq, is_new: false } : null;
  }
  member.delivered_seq = Math.max(member.delivered_seq, seq);
  if (kind === 'read') Object.assign(member, { read_seq: seq, read_at: at });
  return { member, request, seq, is_new: true };
}

const keyOf = ({ chat_id, user_id }: Key): string => `${chat_id}:${user_id}`;
const placeOf = ({ chat_id, seq }: Position): string => `${chat_id}:${seq}`;
