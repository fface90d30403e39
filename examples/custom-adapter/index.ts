// A storage adapter of your own, for PostgreSQL. docs/write-an-adapter.md goes through it.
import { StorageError } from '@dialect/core';
import { createSqlStorage, type SqlStorage } from '@dialect/storage-sql';
import { Pool, type PoolClient } from 'pg';
import { openPostgres } from './postgres-database.js';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections at the same time, at most. @default 10 */
  connections?: number;
  /** Before the name of every table. @default 'dialect_' */
  prefix?: string;
}

/** Storage on PostgreSQL. Nothing is connected before it is used. @throws StorageError for a URL that is none */
export function postgres({ url, connections = 10, prefix = 'dialect_' }: PostgresOptions): SqlStorage<PoolClient> {
  // Before pg looks at it: its error would repeat the URL, which holds a password.
  if (!URL.canParse(url)) throw new StorageError('The URL of the database is none.');
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    // A lock that somebody else keeps, and a server that hangs: both end as BUSY instead of never.
    lock_timeout: 10_000,
    query_timeout: 30_000,
  });
  // An idle connection that is lost is replaced when it is needed; without a listener its loss would end the process.
  pool.on('error', () => undefined);
  return createSqlStorage(openPostgres(pool), { prefix });
}
