import { createSqlStorage, type SqlStorage } from '@dialect/storage-sql';
import type { Pool } from 'mysql2';
import type { PoolConnection, Pool as PromisePool } from 'mysql2/promise';
import { createPool } from './create-pool.js';
import { explain } from './explain.js';
import { openMysql } from './mysql-database.js';
import { default_timeouts, type MysqlOptions } from './options.js';

export type { MysqlOptions, MysqlPoolOptions, MysqlServerOptions, MysqlUrlOptions } from './options.js';

/**
 * Storage on MySQL (8.0.17 or newer) and MariaDB (10.6 or newer). Nothing is connected before it is used.
 * @throws StorageError for a URL that is none; `migrate` throws one for a server that cannot keep our promises
 */
export function mysql(options: MysqlOptions | string): SqlStorage<PoolConnection> {
  const given = typeof options === 'string' ? { url: options } : options;
  const is_shared = 'pool' in given;
  const storage = createSqlStorage(
    openMysql({
      ...default_timeouts,
      when_not_durable: 'refuse',
      ...withoutUndefined(given),
      pool: is_shared ? corePool(given.pool) : createPool(given),
      is_shared,
    }),
    given.prefix === undefined ? {} : { prefix: given.prefix },
  );
  const explained = (error: unknown): never => {
    throw explain(error);
  };
  return {
    ...storage,
    migrate: (report) => storage.migrate(report).catch(explained),
    migrationStatus: () => storage.migrationStatus().catch(explained),
  };
}

/** The pool with callbacks, which is the one under the pool with promises. */
function corePool(pool: Pool | PromisePool): Pool {
  return 'pool' in pool ? (pool.pool as unknown as Pool) : pool;
}

/** An option that is given as undefined is not given. */
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
