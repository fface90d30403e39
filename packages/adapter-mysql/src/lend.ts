import type { SqlConnection } from '@dialect/storage-sql';
import type { PoolConnection as LentConnection } from 'mysql2/promise';
import { errnoOf, isConflict, isLost } from './driver-errors.js';
import { drop } from './drop.js';
import { busy } from './retry.js';
import { execute, type Taken, undo } from './taken.js';

const no_such_savepoint = 1305;

/**
 * Begins a transaction for a host's code. A deadlock ends it on the server, and what a host that goes on all the same
 * writes next must not be committed: without autocommit it waits for our commit, and the savepoint of the beginning is
 * gone by then.
 */
export async function beginLent(take: () => Promise<Taken>, begin: readonly string[]): Promise<Taken> {
  const taken = await take();
  try {
    await execute(taken.connection, 'set autocommit = 0', ...begin, 'savepoint dialect_transaction');
    return taken;
  } catch (error) {
    await undo(taken, 'set autocommit = 1');
    taken.own.release();
    throw error;
  }
}

/** Runs the host's code in it, once, and ends it. */
export async function lend<T>(
  taken: Taken,
  work: (connection: SqlConnection, lent: LentConnection) => Promise<T>,
): Promise<T> {
  const { own, connection } = taken;
  let step: 'work' | 'check' | 'commit' = 'work';
  try {
    const result = await work(connection, own.promise() as unknown as LentConnection);
    step = 'check';
    await execute(connection, 'release savepoint dialect_transaction');
    step = 'commit';
    await execute(connection, 'commit');
    await execute(connection, 'set autocommit = 1').catch((error: unknown) => drop(own, error));
    return result;
  } catch (error) {
    const is_undone = await undo(taken, 'set autocommit = 1');
    if (step === 'check' && errnoOf(error) === no_such_savepoint) throw new Error(ended, { cause: error });
    if (isConflict(error)) throw busy(error, 'The transaction lost a conflict and was rolled back: run it again.');
    // What the host's code throws may look like a lost connection and be that of something else.
    if (is_undone || !isLost(error)) throw error;
    throw busy(error, step === 'commit' ? unknown : 'The connection was lost and the transaction rolled back.');
  } finally {
    own.release();
  }
}

const unknown = 'The connection was lost while the transaction committed: nobody knows whether it did.';
const ended =
  'The transaction was over before its end: by a commit or a change of the schema inside it, or by a deadlock whose ' +
  'error was caught. What was written after that is rolled back.';
