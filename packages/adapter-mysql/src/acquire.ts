import { MessengerError } from '@dialect/core';
import type { Pool, PoolConnection } from 'mysql2';

/** A connection of the pool. @throws BUSY when all of them are in use for so long */
export function acquire(pool: Pool, timeout_ms: number): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    let is_late = false;
    const timer = setTimeout(() => {
      is_late = true;
      const message = `All connections to the database were in use for ${timeout_ms} ms. Try again in a moment.`;
      reject(new MessengerError('BUSY', { message, retry_after_ms: 1_000 }));
    }, timeout_ms);
    pool.getConnection((error, connection) => {
      clearTimeout(timer);
      // The queue of a pool cannot be left: what comes too late goes back.
      if (is_late) connection?.release();
      else if (error) reject(error);
      else resolve(connection);
    });
  });
}
