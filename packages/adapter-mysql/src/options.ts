import type { Pool, PoolOptions } from 'mysql2';
import type { Pool as PromisePool } from 'mysql2/promise';

export interface Timeouts {
  /** Milliseconds that an operation waits for a free connection before it is refused as BUSY. @default 10000 */
  acquire_timeout_ms: number;
  /** Milliseconds after which a statement that has no answer counts as lost, with its connection. @default 30000 */
  statement_timeout_ms: number;
  /** Milliseconds for which an operation that lost its connection is tried again before it is BUSY. @default 10000 */
  reconnect_ms: number;
}

interface CommonOptions extends Partial<Timeouts> {
  /** Before the name of every table. @default 'dialect_' */
  prefix?: string;
  /** What to do with a server that does not flush to disk when it commits. @default 'refuse' */
  when_not_durable?: 'refuse' | 'warn';
}

interface ConnectionOptions {
  /** Connections at the same time, at most. @default 10 */
  connections?: number;
  /** Milliseconds to wait for the server to take a connection. @default 10000 */
  connect_timeout_ms?: number;
  /** Encryption of the connection, as mysql2 has it. @default none */
  ssl?: PoolOptions['ssl'];
}

export interface MysqlUrlOptions extends CommonOptions, ConnectionOptions {
  /** `mysql://user:password@host:port/database`, with special characters percent-encoded. */
  url: string;
}

export interface MysqlServerOptions extends CommonOptions, ConnectionOptions {
  database: string;
  /** @default '127.0.0.1' */
  host?: string;
  /** @default 3306 */
  port?: number;
  /** @default 'root' */
  user?: string;
  password?: string;
}

export interface MysqlPoolOptions extends CommonOptions {
  /** The host's own pool, of `mysql2` or `mysql2/promise`: our tables live among its own. It stays open. */
  pool: Pool | PromisePool;
}

export type MysqlOptions = MysqlUrlOptions | MysqlServerOptions | MysqlPoolOptions;

export const default_timeouts: Timeouts = {
  acquire_timeout_ms: 10_000,
  statement_timeout_ms: 30_000,
  reconnect_ms: 10_000,
};
