import type { Messages } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import type { Sql } from './statement.js';

type Key = { chat_id: number; user_id: number; seq: number };

export const createFindHidden = (sql: Sql) =>
  sql.statement((db, v: Key) =>
    db
      .selectFrom('hidden')
      .select('seq')
      .where('user_id', '=', v.user_id)
      .where('chat_id', '=', v.chat_id)
      .where('seq', '=', v.seq),
  );

/** Messages that somebody has deleted for themselves alone. */
export function createHidden(sql: Sql): Bindable<Pick<Messages, 'hide' | 'hidden'>> {
  const lock = sql.statement((db, v: Key) =>
    sql.dialect.forUpdate(
      db.selectFrom('members').select('user_id').where('chat_id', '=', v.chat_id).where('user_id', '=', v.user_id),
    ),
  );
  const find = createFindHidden(sql);
  const insert = sql.statement((db, v: Key) =>
    db.insertInto('hidden').values({ user_id: v.user_id, chat_id: v.chat_id, seq: v.seq }),
  );
  const count = sql.statement((db, v: Key) =>
    db
      .updateTable('members')
      .set((eb) => ({ hidden_count: eb('hidden_count', '+', 1) }))
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '=', v.user_id),
  );
  const above = sql.statement((db, v: { chat_id: number; user_id: number; floor_seq: number }) =>
    db
      .selectFrom('hidden')
      .select('seq')
      .where('user_id', '=', v.user_id)
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.floor_seq),
  );

  return (work) => ({
    hide: (message) =>
      work.write(async (connection) => {
        // The member's row decides between two of their devices.
        await lock.first(connection, message);
        if (await find.first(connection, message)) return;
        await insert.run(connection, message);
        await count.run(connection, message);
      }),
    hidden: (query) => work.read(async (connection) => (await above.all(connection, query)).map((row) => row.seq)),
  });
}
