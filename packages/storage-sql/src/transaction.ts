import type { SqlConnection, SqlWork } from './sql-database.js';

/**
 * Repositories inside one transaction: each of their writes is all or nothing there too (a savepoint), and they take
 * turns, because the connection has one state for all of them.
 */
export function workInside(connection: SqlConnection): SqlWork {
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = last.then(work, work);
    last = run.catch(() => undefined);
    return run;
  }

  return {
    read: (work) => inTurn(() => work(connection)),
    write: (work) =>
      inTurn(async () => {
        await connection.execute('savepoint dialect_write', []);
        try {
          const result = await work(connection, { may_have_committed: false });
          await connection.execute('release savepoint dialect_write', []);
          return result;
        } catch (error) {
          try {
            await connection.execute('rollback to savepoint dialect_write', []);
          } catch {
            // A deadlock ends the transaction with all its savepoints, and is what has to be heard of.
          }
          throw error;
        }
      }),
  };
}
