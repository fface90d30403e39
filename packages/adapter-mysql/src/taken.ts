import type { SqlConnection } from '@dialect/storage-sql';
import type { PoolConnection } from 'mysql2';
import { drop } from './drop.js';

/** A connection that was taken from the pool, and has to be released. */
export interface Taken {
  own: PoolConnection;
  connection: SqlConnection;
}

export async function execute(connection: SqlConnection, ...statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.execute(statement, []);
}

/**
 * Rolls back and runs what else is needed to leave the connection as it was. One that cannot do that is given to nobody
 * else, and the server undoes what it had not committed. Says whether it could.
 */
export async function undo({ own, connection }: Taken, ...statements: readonly string[]): Promise<boolean> {
  try {
    await execute(connection, 'rollback', ...statements);
    return true;
  } catch (error) {
    drop(own, error);
    return false;
  }
}
