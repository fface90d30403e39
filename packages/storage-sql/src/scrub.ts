import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/** Empties what was cleared for everyone. It is out of sight already, so this may take its time, in slices. */
export function createScrub(sql: Sql): (connection: SqlConnection, limit: number) => Promise<boolean> {
  const next = sql.statement((db) =>
    sql.dialect.forUpdate(db.selectFrom('scrubs').selectAll().orderBy('chat_id').limit(1)),
  );
  type Slice = { chat_id: number; after_seq: number; to_seq: number };
  const empty = sql.statement((db, v: Slice & { content: string }) =>
    db
      .updateTable('messages')
      .set({ content: v.content, meta: null })
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.after_seq)
      .where('seq', '<=', v.to_seq),
  );
  const advance = sql.statement((db, v: Slice) =>
    db.updateTable('scrubs').set({ done_seq: v.to_seq }).where('chat_id', '=', v.chat_id),
  );
  const finish = sql.statement((db, v: Slice) => db.deleteFrom('scrubs').where('chat_id', '=', v.chat_id));

  return async (connection, limit) => {
    const scrub = await next.first(connection, {});
    if (!scrub) return false;
    const { chat_id, done_seq, up_to_seq } = scrub;
    const slice = { chat_id, after_seq: done_seq, to_seq: Math.min(done_seq + limit, up_to_seq) };
    await empty.run(connection, { ...slice, content: '' });
    await (slice.to_seq < up_to_seq ? advance : finish).run(connection, slice);
    return true;
  };
}
