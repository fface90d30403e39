import type { NewPush, Pushes } from '@dialect/core';
import type { PushRow } from './schema.js';
import type { Bindable, SqlConnection } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

/** Outbox rows become pushes. */
export function createExpandPushes(sql: Sql): Bindable<Pushes['expand']> {
  type UpTo = { chat_id: number; seq: number };
  const lockOutbox = sql.statement((db, v: UpTo) =>
    sql.dialect.forUpdate(
      db.selectFrom('push_outbox').select('seq').where('chat_id', '=', v.chat_id).where('seq', '<=', v.seq),
    ),
  );
  const removeOutbox = sql.statement((db, v: UpTo) =>
    db.deleteFrom('push_outbox').where('chat_id', '=', v.chat_id).where('seq', '<=', v.seq),
  );
  const findPushes = sql.listStatement((db, user_ids: number[], v: { chat_id: number }) =>
    sql.dialect.forUpdate(
      db.selectFrom('pushes').selectAll().where('chat_id', '=', v.chat_id).where('user_id', 'in', user_ids),
    ),
  );
  const insert = sql.rowsStatement((db, rows: PushRow[]) =>
    db.insertInto('pushes').values(
      rows.map((row) => ({
        user_id: row.user_id,
        chat_id: row.chat_id,
        seq: row.seq,
        at: row.at,
        due_at: row.due_at,
        locked_until: row.locked_until,
        attempts: row.attempts,
        device_ids: row.device_ids,
      })),
    ),
  );
  const renew = sql.statement((db, v: NewPush & { chat_id: number }) =>
    db
      .updateTable('pushes')
      .set({ seq: v.seq, at: v.at, due_at: v.due_at, device_ids: null })
      .where('user_id', '=', v.user_id)
      .where('chat_id', '=', v.chat_id),
  );

  async function add(connection: SqlConnection, chat_id: number, pushes: readonly NewPush[]): Promise<void> {
    const user_ids = pushes.map(({ user_id }) => user_id);
    const known = new Map((await findPushes(connection, user_ids, { chat_id })).map((row) => [row.user_id, row]));
    const fresh = pushes.filter(({ user_id }) => !known.has(user_id));
    const blank = { chat_id, locked_until: 0, attempts: 0, device_ids: null };
    for (const rows of inChunks(fresh, sql.dialect.rows_per_insert)) {
      await insert.run(
        connection,
        rows.map((push) => ({ ...push, ...blank })),
      );
    }
    for (const push of pushes) {
      const row = known.get(push.user_id);
      if (!row || row.seq >= push.seq) continue;
      const due_at = row.attempts > 0 ? row.due_at : Math.min(row.due_at, push.due_at);
      await renew.run(connection, { ...push, chat_id, due_at });
    }
  }

  return (work) => (chats) =>
    work.write(async (connection) => {
      for (const { chat_id, seq, pushes } of [...chats].sort((a, b) => a.chat_id - b.chat_id)) {
        const rows = await lockOutbox.all(connection, { chat_id, seq });
        // Another node was faster: its pushes may have been sent by now.
        if (rows.length === 0) continue;
        await removeOutbox.run(connection, { chat_id, seq });
        await add(connection, chat_id, pushes);
      }
    });
}
