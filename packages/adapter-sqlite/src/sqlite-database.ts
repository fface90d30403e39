import { MessengerError } from '@dialect/core';
import type { SqlConnection, SqlDatabase } from '@dialect/storage-sql';
import Sqlite, { type Database } from 'better-sqlite3';
import { beginImmediate, isBusy } from './begin-immediate.js';
import { busy_timeout_ms } from './configure.js';
import { createConnection } from './connection.js';
import { createMutex } from './mutex.js';
import { sqliteDialect } from './sqlite-dialect.js';

const waited =
  'A transaction on your SQLite handle waited for something other than the database. What other code runs on the handle ' +
  'meanwhile becomes part of the transaction, and is lost if it is rolled back.';

const ended = 'The transaction was over before its end: by a commit or a rollback inside it.';

const first_attempt = { may_have_committed: false };

export interface SqliteDatabaseOptions {
  /** The connection that writes. */
  writer: Database;
  /** The host uses the writer too, and keeps it when we close. */
  is_shared: boolean;
}

/**
 * One connection that writes, one transaction at a time, and one that reads beside it (WAL: readers see the last commit
 * and never wait). A database in memory, or one without WAL, is read by the connection that writes, between its
 * transactions.
 */
export function openSqlite({ writer, is_shared }: SqliteDatabaseOptions): SqlDatabase<Database> {
  const can_read_beside = !writer.memory && writer.pragma('journal_mode', { simple: true }) === 'wal';
  const reader = can_read_beside ? new Sqlite(writer.name, { readonly: true }) : writer;
  if (can_read_beside) reader.pragma(`busy_timeout = ${busy_timeout_ms}`);

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

  /**
   * Our own transactions wait for nothing but the driver, which answers at once. So on a handle that the host shares,
   * one that begins in a turn of its own is over before any of the host's code runs: no statement of the host can fall
   * into it, and be lost with it.
   */
  const ownTurn = (): Promise<void> =>
    is_shared ? new Promise((resolve) => setImmediate(resolve)) : Promise.resolve();

  async function transaction<T>(work: () => Promise<T>): Promise<T> {
    await ownTurn();
    await beginImmediate(writer, ownTurn);
    try {
      const result = await work();
      writer.exec('commit');
      return result;
    } catch (error) {
      // A full disk or an I/O error may have rolled back already.
      if (writer.inTransaction) writer.exec('rollback');
      // Without WAL a commit waits for readers, and was not made when it did not get its turn.
      if (isBusy(error)) throw new MessengerError('BUSY', { retry_after_ms: 1_000, cause: error });
      throw error;
    }
  }

  let is_warned = false;
  /** A host's transaction on the host's own handle: the host has to keep it short, and hears of it when it did not. */
  async function watched<T>(work: Promise<T>): Promise<T> {
    const nextTurn = setImmediate(() => {
      if (!is_warned) process.emitWarning(waited, 'DialectWarning');
      is_warned = true;
    });
    try {
      return await work;
    } finally {
      clearImmediate(nextTurn);
    }
  }

  /** SQLite ends a transaction by itself (`on conflict rollback`, a full disk): a savepoint after that would commit. */
  const lent: SqlConnection = {
    execute(sql, parameters) {
      if (!writer.inTransaction) throw new Error(ended);
      return writing.execute(sql, parameters);
    },
  };

  return {
    dialect: sqliteDialect,
    read: (work) => (can_read_beside ? read(work) : exclusive(() => ownTurn().then(() => work(writing)))),
    write: (work) => exclusive(() => transaction(() => work(writing, first_attempt))),
    transaction: (work) =>
      exclusive(() => transaction(() => (is_shared ? watched(work(lent, writer)) : work(lent, writer)))),
    close: () =>
      exclusive(async () => {
        await Promise.allSettled(reads);
        if (can_read_beside) reader.close();
        if (!is_shared) writer.close();
      }),
  };
}
