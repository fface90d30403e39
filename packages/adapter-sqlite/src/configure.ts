import { StorageError } from '@dialect/core';
import type { Database } from 'better-sqlite3';

/** The driver waits for a lock by sleeping on the event loop: briefly, and then we wait without holding it. */
export const busy_timeout_ms = 20;

/** A connection of our own. */
export function configure(database: Database, synchronous: 'full' | 'normal'): void {
  // Before anything else runs, waiting is harmless: two processes that start at once both switch the mode.
  database.pragma('busy_timeout = 10000');
  const mode = database.pragma('journal_mode = WAL', { simple: true });
  // On a file system without shared memory SQLite keeps its old mode and says so here only.
  if (!database.memory && mode !== 'wal')
    throw new StorageError(`${database.name} is on a file system that cannot hold a WAL database.`);
  // FULL: the log is on disk when a commit returns. With NORMAL a power cut takes acknowledged messages with it.
  database.pragma(`synchronous = ${synchronous}`);
  // Checkpoints copy every changed page; rarer ones copy a hot page once instead of many times.
  database.pragma('wal_autocheckpoint = 10000');
  database.pragma('journal_size_limit = 67108864');
  database.pragma(`busy_timeout = ${busy_timeout_ms}`);
}

/** A handle of the host keeps its settings; those under which a power cut takes acknowledged messages are refused. */
export function checkShared(database: Database, when_not_durable: 'refuse' | 'warn'): void {
  // Read first: better-sqlite3 is built so that a WAL database falls back to NORMAL when it is first read.
  database.prepare('select 1 from sqlite_master').get();
  const synchronous = Number(database.pragma('synchronous', { simple: true }));
  if (database.memory || synchronous >= 2) return;
  const text =
    `${database.name} does not flush at every commit (synchronous=${synchronous}), so a power cut could take ` +
    "acknowledged messages with it. Set pragma synchronous=FULL, or when_not_durable: 'warn' to accept that.";
  if (when_not_durable === 'refuse') throw new StorageError(text);
  process.emitWarning(text, 'DialectWarning');
}
