import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createSqlStorage, type SqlStorage } from '@dialect/storage-sql';
import { openSqlite } from './sqlite-database.js';

export interface SqliteOptions {
  /** The database file, created with its folder when absent; `:memory:` for one that ends with the process. */
  path: string;
  /** Before the name of every table. @default 'dialect_' */
  prefix?: string;
  /**
   * `full`: an acknowledged message survives a power cut. `normal`: it survives a crash of the process, but a power cut
   * may take the last ones. Commits are grouped, so `full` costs little.
   * @default 'full'
   */
  synchronous?: 'full' | 'normal';
}

/** Storage on SQLite: for tests, for one server, for chat inside a desktop application. */
export function sqlite(options: SqliteOptions | string): SqlStorage {
  const {
    path,
    prefix,
    synchronous = 'full',
  } = typeof options === 'string' ? ({ path: options } as SqliteOptions) : options;
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  return createSqlStorage(openSqlite({ path, synchronous }), prefix === undefined ? {} : { prefix });
}
