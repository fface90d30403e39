import { StorageError } from '@dialect/core';
import { createPool as createMysqlPool, type Pool } from 'mysql2';
import { drop } from './drop.js';
import type { MysqlServerOptions, MysqlUrlOptions } from './options.js';

/** Seconds. Longer than any transaction of ours takes; a host's may be slower than that, and then we try again. */
const lock_wait_s = 10;

/** A pool of our own, whose sessions have what we rely on. */
export function createPool(options: MysqlUrlOptions | MysqlServerOptions): Pool {
  const server = 'url' in options ? { ...options, ...readUrl(options.url) } : options;
  const pool = createMysqlPool({
    host: server.host ?? '127.0.0.1',
    port: server.port ?? 3306,
    user: server.user ?? 'root',
    password: server.password ?? '',
    database: server.database,
    connectionLimit: options.connections ?? 10,
    connectTimeout: options.connect_timeout_ms ?? 10_000,
    charset: 'utf8mb4_bin',
    // An object among the values is a mistake, and must not become a piece of SQL.
    stringifyObjects: true,
    ...(options.ssl !== undefined && { ssl: options.ssl }),
  });
  pool.on('connection', (connection) => {
    // The pool hears the first error of a connection only, and one that nobody hears ends the process.
    connection.on('error', () => undefined);
    // A session without them must not be used; they are answered before anything else is asked.
    const settled = (error: unknown): void => {
      if (error) drop(connection, error);
    };
    connection.query('set session transaction isolation level read committed', settled);
    connection.query(
      `set session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${lock_wait_s}`,
      settled,
    );
  });
  return pool;
}

const form = 'mysql://user:password@host:port/database';

/** @throws StorageError that does not repeat the URL: it holds a password */
function readUrl(url: string): MysqlServerOptions {
  if (!URL.canParse(url)) throw new StorageError(`The URL of the database is none; it has the form ${form}.`);
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (protocol !== 'mysql:') throw new StorageError(`The URL of the database begins with ${protocol}//, not mysql://.`);
  const database = decode(pathname.slice(1));
  if (database === '' || database.includes('/')) {
    throw new StorageError(`The URL of the database names no database; it has the form ${form}.`);
  }
  // Among them could be the wish for encryption, and nobody would notice that it was not heard.
  if (search || hash) throw new StorageError(`The URL of the database ends with parameters; it has the form ${form}.`);
  return {
    database,
    ...(hostname && { host: hostname.replace(/^\[|\]$/g, '') }),
    ...(port && { port: Number(port) }),
    ...(username && { user: decode(username) }),
    ...(password && { password: decode(password) }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StorageError('The URL of the database has a % that encodes nothing; write %25 for the sign itself.');
  }
}
