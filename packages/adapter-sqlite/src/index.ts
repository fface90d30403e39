import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createSqlStorage, type SqlStorage } from '@dialect/storage-sql';
import Sqlite, { type Database } from 'better-sqlite3';
import { checkShared, configure } from './configure.js';
import { openSqlite } from './sqlite-database.js';

interface CommonOptions {
  /** Before the name of every table. @default 'dialect_' */
  prefix?: string;
}

export interface SqliteFileOptions extends CommonOptions {
  /** The database file, created with its folder when absent; `:memory:` for one that ends with the process. */
  path: string;
  /**
   * `full`: an acknowledged message survives a power cut. `normal`: it survives a crash of the process, but a power cut
   * may take the last ones. Commits are grouped, so `full` costs little.
   * @default 'full'
   */
  synchronous?: 'full' | 'normal';
  /** Only look: the file has to be there, and neither it nor a file beside it is created or changed. @default false */
  readonly?: boolean;
}

export interface SqliteHandleOptions extends CommonOptions {
  /** The host's own handle: our tables live among its own. It stays open when the storage closes. */
  database: Database;
  /**
   * What to do with a handle whose commits are not flushed to disk (better-sqlite3 leaves WAL databases at
   * synchronous=NORMAL). @default 'refuse'
   */
  when_not_durable?: 'refuse' | 'warn';
}

export type SqliteOptions = SqliteFileOptions | SqliteHandleOptions;

/**
 * Storage on SQLite: for tests, for one server, for chat inside a desktop application.
 * @throws StorageError for a file on which an acknowledgement could not be kept; `migrate` throws one for such a handle
 */
export function sqlite(options: SqliteOptions | string): SqlStorage<Database> {
  const given = typeof options === 'string' ? { path: options } : options;
  const is_shared = 'database' in given;
  const database = openSqlite({ writer: is_shared ? given.database : open(given), is_shared });
  if (is_shared) database.check = async () => checkShared(given.database, given.when_not_durable ?? 'refuse');
  return createSqlStorage(database, given.prefix === undefined ? {} : { prefix: given.prefix });
}

function open({ path, synchronous = 'full', readonly = false }: SqliteFileOptions): Database {
  if (readonly) return openToLook(path);
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Sqlite(path);
  configure(database, synchronous);
  return database;
}

/** Not by the driver's `readonly`: such a handle leaves the files of the log behind, which one that may write removes. */
function openToLook(path: string): Database {
  const database = new Sqlite(path, { fileMustExist: true });
  database.pragma('query_only = on');
  return database;
}
