import type { MarkOutcome, MarkRequest, Members } from '@dialect/core';
import type { SqlConnection, SqlDatabase } from './sql-database.js';
import type { Sql } from './statement.js';

/** Read and delivered marks: monotone, clamped, and never a `rev`. */
export function createAdvance(sql: Sql, database: SqlDatabase): Members['advance'] {
  type Key = { chat_id: number; user_id: number };
  const lock = sql.statement((db, v: Key) =>
    sql.dialect.forUpdate(
      db
        .selectFrom('members')
        .innerJoin('chats', 'chats.id', 'members.chat_id')
        .select(['members.left_at', 'members.read_seq', 'members.delivered_seq', 'chats.last_seq'])
        .where('members.chat_id', '=', v.chat_id)
        .where('members.user_id', '=', v.user_id),
    ),
  );
  const moveRead = sql.statement((db, v: Key & { read_seq: number; delivered_seq: number; at: number }) =>
    db
      .updateTable('members')
      .set({ read_seq: v.read_seq, delivered_seq: v.delivered_seq, read_at: v.at })
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );
  const moveDelivered = sql.statement((db, v: Key & { delivered_seq: number }) =>
    db
      .updateTable('members')
      .set({ delivered_seq: v.delivered_seq })
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );
  const log = sql.statement((db, v: Key & { seq: number; at: number }) =>
    db.insertInto('read_log').values({ chat_id: v.chat_id, user_id: v.user_id, seq: v.seq, at: v.at }),
  );
  const messageAt = sql.statement((db, v: { chat_id: number; seq: number }) =>
    db.selectFrom('messages').select('id').where('chat_id', '=', v.chat_id).where('seq', '=', v.seq),
  );
  const bump = sql.statement((db, v: { user_id: number }) =>
    db
      .updateTable('users')
      .set((eb) => ({ urev: eb('urev', '+', 1) }))
      .where('id', '=', v.user_id),
  );

  async function advance(connection: SqlConnection, request: MarkRequest): Promise<MarkOutcome> {
    const { chat_id, user_id, kind, at } = request;
    const key = { chat_id, user_id };
    const stands = await lock.first(connection, key);
    if (!stands || stands.left_at !== null) return { kind: 'refused', code: 'NOT_A_MEMBER' };
    const seq = Math.min(request.seq, stands.last_seq);
    const read_seq = kind === 'read' ? Math.max(stands.read_seq, seq) : stands.read_seq;
    const delivered_seq = Math.max(stands.delivered_seq, seq);
    const has_moved = kind === 'read' ? read_seq > stands.read_seq : delivered_seq > stands.delivered_seq;
    if (!has_moved) return { kind: 'marked', read_seq: stands.read_seq, delivered_seq, moved_to: null };

    if (kind === 'read') {
      await moveRead.run(connection, { ...key, read_seq, delivered_seq, at });
      await log.run(connection, { ...key, seq, at });
    } else {
      await moveDelivered.run(connection, { ...key, delivered_seq });
    }
    const message = await messageAt.first(connection, { chat_id, seq });
    return { kind: 'marked', read_seq, delivered_seq, moved_to: { seq, message_id: message?.id ?? 0 } };
  }

  return (requests) =>
    database.write(async (connection) => {
      const outcomes = new Array<MarkOutcome>(requests.length);
      const moved = new Set<number>();
      // By ascending chat and user: every transaction takes its locks in the same order.
      const order = requests
        .map((request, index) => ({ request, index }))
        .sort((a, b) => a.request.chat_id - b.request.chat_id || a.request.user_id - b.request.user_id);
      for (const { request, index } of order) {
        const outcome = await advance(connection, request);
        outcomes[index] = outcome;
        if (outcome.kind === 'marked' && outcome.moved_to) moved.add(request.user_id);
      }
      for (const user_id of [...moved].sort((a, b) => a - b)) await bump.run(connection, { user_id });
      return outcomes;
    });
}
