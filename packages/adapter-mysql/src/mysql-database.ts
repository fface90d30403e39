import type { Attempt, SqlConnection, SqlDatabase } from '@dialect/storage-sql';
import type { Pool } from 'mysql2';
import type { PoolConnection as LentConnection } from 'mysql2/promise';
import { acquire } from './acquire.js';
import { checkServer, checkSettings } from './check-server.js';
import { createConnection } from './connection.js';
import { errnoOf, isLost } from './driver-errors.js';
import { createEnding } from './end-pool.js';
import { beginLent, lend } from './lend.js';
import { mysqlDialect } from './mysql-dialect.js';
import type { Timeouts } from './options.js';
import { retry } from './retry.js';
import { execute, type Taken, undo } from './taken.js';

export interface MysqlDatabaseOptions extends Timeouts {
  pool: Pool;
  /** The host uses the pool too, and keeps it when we close; its sessions are not ours to set. */
  is_shared: boolean;
  when_not_durable: 'refuse' | 'warn';
}

/** Transactions on a pool: read committed, run again after deadlocks and lost connections. */
export function openMysql(options: MysqlDatabaseOptions): SqlDatabase<LentConnection> {
  const { pool, is_shared, acquire_timeout_ms, statement_timeout_ms, reconnect_ms, when_not_durable } = options;
  // Our own sessions were set to it when they began.
  const begin = [...(is_shared ? ['set transaction isolation level read committed'] : []), 'start transaction'];
  const running = new Set<Promise<unknown>>();
  const end = is_shared ? async () => undefined : createEnding(pool);

  /** Remembered until it ends: closing waits for it. */
  function remembered<T>(run: Promise<T>): Promise<T> {
    const forget = (): boolean => running.delete(run);
    running.add(run);
    run.then(forget, forget);
    return run;
  }

  async function take(): Promise<Taken> {
    const own = await acquire(pool, acquire_timeout_ms);
    return { own, connection: createConnection(own, statement_timeout_ms) };
  }

  async function using<T>(work: (taken: Taken) => Promise<T>): Promise<T> {
    const taken = await take();
    try {
      return await work(taken);
    } finally {
      // Of one that was dropped the pool knows nothing any more.
      taken.own.release();
    }
  }

  async function transaction<T>(
    taken: Taken,
    attempt: Attempt,
    work: (connection: SqlConnection, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const { connection } = taken;
    let is_committing = false;
    try {
      await execute(connection, ...begin);
      const result = await work(connection, attempt);
      is_committing = true;
      await execute(connection, 'commit');
      return result;
    } catch (error) {
      attempt.may_have_committed ||= is_committing && isLost(error);
      await undo(taken);
      throw error;
    }
  }

  function write<T>(work: (connection: SqlConnection, attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt: Attempt = { may_have_committed: false };
    const run = () => retry(() => using((taken) => transaction(taken, attempt, work)), reconnect_ms);
    return run().catch((error: unknown) => {
      // The commit that was cut off came through while its repetition ran into its rows: now they are found.
      if (attempt.may_have_committed && errnoOf(error) === 1062) return run();
      throw error;
    });
  }

  return {
    dialect: mysqlDialect,
    read: (work) => remembered(retry(() => using(({ connection }) => work(connection)), reconnect_ms)),
    write: (work) => remembered(write(work)),
    transaction(work) {
      // Until the host's code begins, what is lost is tried again.
      const begun = retry(() => beginLent(take, begin), reconnect_ms);
      return remembered(begun.then((taken) => lend(taken, work)));
    },
    check: () =>
      remembered(
        using(async ({ own, connection }) => {
          checkSettings(own.config);
          await checkServer(connection, when_not_durable);
        }),
      ),
    async close() {
      await Promise.allSettled(running);
      await end();
    },
  };
}
