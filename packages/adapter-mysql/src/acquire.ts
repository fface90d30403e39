import { MessengerError } from '@dialect/core';
import type { Pool, PoolConnection } from 'mysql2';

/** What a host's pool says that lets nobody wait, or only so many. */
const refusals = ['No connections available.', 'Queue limit reached.'];

/** A connection of the pool. @throws BUSY when none is free, and none could be opened, for so long */
export function acquire(pool: Pool, timeout_ms: number): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    const refuse = (message: string, cause?: Error): void =>
      reject(new MessengerError('BUSY', { message, retry_after_ms: 1_000, cause }));
    let is_late = false;
    const timer = setTimeout(() => {
      is_late = true;
      refuse(`No connection to the database was free, and none could be opened, for ${timeout_ms} ms.`);
    }, timeout_ms);
    pool.getConnection((error, connection) => {
      clearTimeout(timer);
      // The queue of a pool cannot be left: what comes too late goes back.
      if (is_late) connection?.release();
      else if (error && refusals.includes(error.message)) refuse('No connection to the database is free.', error);
      else if (error) reject(error);
      else resolve(connection);
    });
  });
}
