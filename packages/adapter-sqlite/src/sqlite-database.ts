import { MessengerError } from '@dialect/core';
import type { SqlConnection, SqlDatabase } from '@dialect/storage-sql';
import Sqlite, { type Database } from 'better-sqlite3';
import { createConnection } from './connection.js';
import { createMutex } from './mutex.js';
import { sqliteDialect } from './sqlite-dialect.js';

/** The driver waits for a lock by sleeping on the event loop: briefly, and then we wait without holding it. */
const busy_timeout_ms = 20;
const give_up_after_ms = 10_000;

export interface SqliteDatabaseOptions {
  path: string;
  synchronous: 'full' | 'normal';
}

/**
 * One connection that writes, one transaction at a time, and one that reads beside it (WAL: readers see the last commit
 * and never wait). A database in memory has one connection only, so there reads take their turn among the writes.
 */
export function openSqlite({ path, synchronous }: SqliteDatabaseOptions): SqlDatabase {
  const is_memory = path === ':memory:' || path === '';
  const writer = new Sqlite(path);
  configure(writer, synchronous, is_memory);
  const reader = is_memory ? writer : new Sqlite(path, { readonly: true });
  reader.pragma(`busy_timeout = ${busy_timeout_ms}`);

  const writing = createConnection(writer);
  const reading = createConnection(reader);
  const exclusive = createMutex();
  const reads = new Set<Promise<unknown>>();

  /** Remembered until it ends: a read is several statements, and closing waits for the last of them. */
  function read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    const run = work(reading);
    const end = (): boolean => reads.delete(run);
    reads.add(run);
    run.then(end, end);
    return run;
  }

  async function transaction<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T> {
    await begin(writer);
    try {
      const result = await work(writing);
      writer.exec('commit');
      return result;
    } catch (error) {
      // A full disk or an I/O error may have rolled back already.
      if (writer.inTransaction) writer.exec('rollback');
      throw error;
    }
  }

  return {
    dialect: sqliteDialect,
    read: (work) => (is_memory ? exclusive(() => work(writing)) : read(work)),
    write: (work) => exclusive(() => transaction(work)),
    close: () =>
      exclusive(async () => {
        await Promise.allSettled(reads);
        if (reader !== writer) reader.close();
        writer.close();
      }),
  };
}

function configure(database: Database, synchronous: 'full' | 'normal', is_memory: boolean): void {
  // Before anything else runs, waiting is harmless: two processes that start at once both switch the mode.
  database.pragma('busy_timeout = 10000');
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  // On a file system without shared memory SQLite keeps its old mode and says so here only.
  if (!is_memory && mode !== 'wal')
    throw new Error(`${database.name} is on a file system that cannot hold a WAL database.`);
  // FULL: the log is on disk when a commit returns. With NORMAL a power cut takes acknowledged messages with it.
  database.pragma(`synchronous = ${synchronous}`);
  // Checkpoints copy every changed page; rarer ones copy a hot page once instead of many times.
  database.pragma('wal_autocheckpoint = 10000');
  database.pragma('journal_size_limit = 67108864');
  database.pragma(`busy_timeout = ${busy_timeout_ms}`);
}

/** Takes the write lock at once: a transaction that starts by reading could find the database changed under it. */
async function begin(database: Database): Promise<void> {
  const give_up_at = Date.now() + give_up_after_ms;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      database.exec('begin immediate');
      return;
    } catch (error) {
      const is_busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY');
      if (!is_busy) throw error;
      if (Date.now() > give_up_at) throw new MessengerError('BUSY', { retry_after_ms: 1_000, cause: error });
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    }
  }
}
