import { StorageError } from '@dialect/core';
import type { Attempt, SqlConnection, SqlDatabase } from '@dialect/storage-sql';
import type { Pool, PoolClient } from 'pg';
import { createConnection } from './postgres-connection.js';
import { postgresDialect } from './postgres-dialect.js';
import { busy, ConnectionLost, codeOf, isConflict, retry } from './retry.js';

const begin = 'begin isolation level read committed';

/** Transactions on a pool, run again after conflicts and lost connections. */
export function openPostgres(pool: Pool): SqlDatabase<PoolClient> {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  /** Remembered until it ends: closing waits for it. */
  function remembered<T>(run: Promise<T>): Promise<T> {
    const end = (): boolean => running.delete(run);
    running.add(run);
    run.then(end, end);
    return run;
  }

  /** A connection for one piece of work; what failed is undone, and a connection that was lost is not used again. */
  async function using<T>(work: (connection: SqlConnection, client: PoolClient) => Promise<T>): Promise<T> {
    if (pool.ending) throw new Error('The storage is closed.');
    const client = await pool.connect().catch((error: unknown) => {
      throw isRefusal(error) ? error : new ConnectionLost('No connection to the database.', { cause: error });
    });
    let is_lost = false;
    const lose = (): void => {
      is_lost = true;
    };
    // Without a listener, a connection that is lost while it is in use would end the process.
    client.on('error', lose);
    try {
      return await work(createConnection(client), client);
    } catch (error) {
      // A rollback on a connection that does not answer would wait as long again.
      if (error instanceof Error && error.message === 'Query read timeout') lose();
      if (!is_lost) await client.query('rollback').catch(lose);
      throw is_lost ? new ConnectionLost('The connection to the database was lost.', { cause: error }) : error;
    } finally {
      client.off('error', lose);
      client.release(is_lost);
    }
  }

  async function write<T>(work: (connection: SqlConnection, attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt: Attempt = { may_have_committed: false };
    return retry(async () => {
      let is_committing = false;
      try {
        return await using(async (connection, client) => {
          await client.query(begin);
          const result = await work(connection, attempt);
          is_committing = true;
          await client.query('commit');
          return result;
        });
      } catch (error) {
        attempt.may_have_committed ||= is_committing && error instanceof ConnectionLost;
        throw error;
      }
    });
  }

  /** Once: nobody knows what else the host's work does. */
  async function lend<T>(work: (connection: SqlConnection, client: PoolClient) => Promise<T>): Promise<T> {
    try {
      return await using(async (connection, client) => {
        await client.query(begin);
        await client.query('savepoint dialect_transaction');
        const result = await work(connection, client);
        // A transaction in which something failed is committed by a rollback, without an error; one that the host has
        // ended has nothing of us in it any more. Then there is no such savepoint to release.
        await client.query('release savepoint dialect_transaction');
        await client.query('commit');
        return result;
      });
    } catch (error) {
      if (isConflict(error)) throw busy('The transaction lost a conflict and was rolled back: run it again.', error);
      if (error instanceof ConnectionLost) {
        throw busy('The connection was lost in a transaction: look whether it was committed.', error);
      }
      throw error;
    }
  }

  return {
    dialect: postgresDialect,
    read: (work) => remembered(retry(() => using(work))),
    write: (work) => remembered(write(work)),
    transaction: (work) => remembered(lend(work)),
    check: () => retry(() => using(checkServer)),
    close() {
      closing ??= Promise.allSettled(running).then(() => pool.end());
      return closing;
    },
  };
}

/** @throws StorageError when a power cut could take acknowledged messages with it */
async function checkServer(connection: SqlConnection): Promise<void> {
  for (const name of ['fsync', 'synchronous_commit']) {
    const { rows } = await connection.execute(`select current_setting('${name}') as value`, []);
    if (rows[0]?.value === 'off') throw new StorageError(`The database does not flush at commit (${name} is off).`);
  }
}

/** The server said no: a wrong password, no such database. It will say so again. */
function isRefusal(error: unknown): boolean {
  return /^(28|3D|42)/.test(codeOf(error));
}
