import type { Blocks } from '@dialect/core';
import { createPairLock } from './pair-lock.js';
import type { Bindable, SqlConnection, SqlWork } from './sql-database.js';
import type { Sql } from './statement.js';

export function createBlocks(sql: Sql): Bindable<Blocks> {
  type Pair = { blocker_id: number; blocked_id: number };
  const lockPair = createPairLock(sql);
  const find = sql.statement((db, v: Pair) =>
    db.selectFrom('blocks').selectAll().where('blocker_id', '=', v.blocker_id).where('blocked_id', '=', v.blocked_id),
  );
  const insert = sql.statement((db, v: Pair & { at: number }) =>
    db.insertInto('blocks').values({ blocker_id: v.blocker_id, blocked_id: v.blocked_id, created_at: v.at }),
  );
  const remove = sql.statement((db, v: Pair) =>
    db.deleteFrom('blocks').where('blocker_id', '=', v.blocker_id).where('blocked_id', '=', v.blocked_id),
  );
  const change = (work: SqlWork, pair: Pair, make: (connection: SqlConnection) => Promise<unknown>): Promise<void> =>
    work.write(async (connection) => {
      await lockPair(connection, pair.blocker_id, pair.blocked_id);
      await make(connection);
    });

  return (work) => ({
    add: (block) =>
      change(work, block, async (connection) => (await find.first(connection, block)) ?? insert.run(connection, block)),
    remove: (block) => change(work, block, (connection) => remove.run(connection, block)),
  });
}
