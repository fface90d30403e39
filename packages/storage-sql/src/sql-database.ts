import type { SqlDialect } from './sql-dialect.js';

export interface SqlResult {
  rows: Record<string, unknown>[];
  /** The id of the row that an insert made. */
  insert_id: number;
  affected: number;
}

/** Runs statements one after another. May answer at once: a synchronous driver need not wrap what it has. */
export interface SqlConnection {
  execute(sql: string, parameters: readonly unknown[]): SqlResult | Promise<SqlResult>;
}

/** What an adapter provides: connections and transactions. Everything else is in this package, once. */
export interface SqlDatabase {
  dialect: SqlDialect;
  /** Reads see every transaction that was acknowledged before. */
  read<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  /**
   * One transaction: committed and flushed to disk when the promise resolves, rolled back when `work` throws. May run
   * `work` again after a deadlock or a busy database, so `work` has no effects but through the connection. On a database
   * with one writer, writers wait for one another here.
   */
  write<T>(work: (connection: SqlConnection) => Promise<T>): Promise<T>;
  /** Waits for what is running. */
  close(): Promise<void>;
}
