import type { Attempt, SqlConnection, SqlDatabase } from '@dialect/storage-sql';
import type { Pool, PoolConnection } from 'mysql2';
import type { PoolConnection as LentConnection } from 'mysql2/promise';
import { acquire } from './acquire.js';
import { checkServer } from './check-server.js';
import { createConnection } from './connection.js';
import { isConflict, isLost } from './driver-errors.js';
import { mysqlDialect } from './mysql-dialect.js';
import type { Timeouts } from './options.js';
import { busy, retry } from './retry.js';

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

  /** Remembered until it ends: closing waits for it. */
  function remembered<T>(run: Promise<T>): Promise<T> {
    const end = (): boolean => running.delete(run);
    running.add(run);
    run.then(end, end);
    return run;
  }

  /** A connection that failed in the middle of something is not given to anybody else. */
  async function using<T>(work: (connection: SqlConnection, own: PoolConnection) => Promise<T>): Promise<T> {
    const own = await acquire(pool, acquire_timeout_ms);
    try {
      const result = await work(createConnection(own, statement_timeout_ms), own);
      own.release();
      return result;
    } catch (error) {
      if (isLost(error)) own.destroy();
      else own.release();
      throw error;
    }
  }

  async function execute(connection: SqlConnection, ...statements: string[]): Promise<void> {
    for (const statement of statements) await connection.execute(statement, []);
  }

  /** What failed is undone; a connection that cannot even do that counts as lost, with all that it had not committed. */
  async function undo(connection: SqlConnection, error: unknown): Promise<void> {
    if (!isLost(error)) await execute(connection, 'rollback');
  }

  async function transaction<T>(
    connection: SqlConnection,
    attempt: Attempt,
    work: (connection: SqlConnection, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    let is_committing = false;
    try {
      await execute(connection, ...begin);
      const result = await work(connection, attempt);
      is_committing = true;
      await execute(connection, 'commit');
      return result;
    } catch (error) {
      attempt.may_have_committed ||= is_committing && isLost(error);
      await undo(connection, error);
      throw error;
    }
  }

  /**
   * A host's transaction runs once. A deadlock ends it on the server, and what a host that goes on all the same writes
   * next must not be committed: without autocommit it waits for our commit, and the savepoint of the beginning is gone.
   */
  async function lend<T>(connection: SqlConnection, work: () => Promise<T>): Promise<T> {
    let is_committing = false;
    try {
      await execute(connection, 'set autocommit = 0', ...begin, 'savepoint dialect_transaction');
      const result = await work();
      await execute(connection, 'release savepoint dialect_transaction');
      is_committing = true;
      await execute(connection, 'commit', 'set autocommit = 1');
      return result;
    } catch (error) {
      if (is_committing && isLost(error)) {
        throw busy(error, 'The connection was lost while the transaction committed: nobody knows whether it did.');
      }
      if (!isLost(error)) await execute(connection, 'rollback', 'set autocommit = 1');
      if (isConflict(error)) throw busy(error, 'The transaction lost a conflict and was rolled back: run it again.');
      throw isLost(error) ? busy(error, 'The connection was lost and the transaction rolled back.') : error;
    }
  }

  return {
    dialect: mysqlDialect,
    read: (work) => remembered(retry(() => using(work), reconnect_ms)),
    write: (work) => {
      const attempt: Attempt = { may_have_committed: false };
      return remembered(retry(() => using((connection) => transaction(connection, attempt, work)), reconnect_ms));
    },
    transaction: (work) =>
      remembered(
        using((connection, own) =>
          lend(connection, () => work(connection, own.promise() as unknown as LentConnection)),
        ),
      ),
    check: () => using((connection) => checkServer(connection, when_not_durable)),
    async close() {
      await Promise.allSettled(running);
      if (!is_shared) await new Promise<void>((resolve) => pool.end(() => resolve()));
    },
  };
}
