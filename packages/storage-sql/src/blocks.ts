import type { Blocks } from '@dialect/core';
import { createPairLock } from './pair-lock.js';
import type { SqlConnection, SqlDatabase } from './sql-database.js';
import type { Sql } from './statement.js';

export function createBlocks(sql: Sql, database: SqlDatabase): Blocks {
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
  const change = (pair: Pair, work: (connection: SqlConnection) => Promise<unknown>): Promise<void> =>
    database.write(async (connection) => {
      await lockPair(connection, pair.blocker_id, pair.blocked_id);
      await work(connection);
    });

  return {
    add: (block) =>
      change(block, async (connection) => (await find.first(connection, block)) ?? insert.run(connection, block)),
    remove: (block) => change(block, (connection) => remove.run(connection, block)),
  };
}
