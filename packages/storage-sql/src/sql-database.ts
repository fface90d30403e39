import type { SqlDialect } from './sql-dialect.js';

export interface SqlResult {
  rows: Record<string, unknown>[];
  /** The id of the row that an insert of one row made. */
  insert_id: number;
  affected: number;
}

/** Runs statements one after another. May answer at once: a synchronous driver need not wrap what it has. */
export interface SqlConnection {
  execute(sql: string, parameters: readonly unknown[]): SqlResult | Promise<SqlResult>;
}

/** What a transaction is told about itself. */
export interface Attempt {
  /**
   * The connection was lost while an earlier attempt of this very work was committing, so its rows may be there: what
   * is found and bears the work's own mark is the answer, and was made by it.
   */
  may_have_committed: boolean;
}

/** Where repositories read and write: a database, or one transaction of it. */
export interface SqlWork {
  /** Reads see every transaction that was acknowledged before. */
  read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  /**
   * One transaction (read committed or stricter): committed and flushed to disk when the promise resolves, rolled back
   * when `work` throws. May run `work` again after a deadlock, a busy database or a lost connection, so `work` has no
   * effects but through the connection. On a database with one writer, writers wait for one another here.
   */
  write<T>(work: (connection: SqlConnection, attempt: Attempt) => Promise<T>): Promise<T>;
}

/** What an adapter provides: connections and transactions. Everything else is in this package, once. */
export interface SqlDatabase<Connection = unknown> extends SqlWork {
  dialect: SqlDialect;
  /**
   * A transaction like `write`'s for a host's code, which is lent the driver's own connection. Runs `work` once: nobody
   * knows what else it does. A connection that was lost is reported and never replaced.
   */
  transaction<T>(work: (connection: SqlConnection, lent: Connection) => Promise<T>): Promise<T>;
  /** Says why this database cannot keep the promises of a storage, by a StorageError. Asked before migrating. */
  check?(): Promise<void>;
  /** Waits for what is running. */
  close(): Promise<void>;
}

/** A repository by where it works: its statements are compiled once, for the database and for all its transactions. */
export type Bindable<Repository> = (work: SqlWork) => Repository;
