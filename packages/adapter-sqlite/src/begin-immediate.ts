import { MessengerError } from '@dialect/core';
import type { Database } from 'better-sqlite3';

const give_up_after_ms = 10_000;

/**
 * Takes the write lock at once: a transaction that starts by reading could find the database changed under it. The
 * driver waits for a lock by sleeping on the event loop, so we wait for another process without it.
 * @param ownTurn what to await after each pause
 */
export async function beginImmediate(database: Database, ownTurn: () => Promise<void>): Promise<void> {
  const give_up_at = Date.now() + give_up_after_ms;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    try {
      database.exec('begin immediate');
      return;
    } catch (error) {
      // Nor while the host has a transaction of its own open on a handle that it shares.
      if (!isBusy(error) && !database.inTransaction) throw error;
      if (Date.now() > give_up_at) throw new MessengerError('BUSY', { retry_after_ms: 1_000, cause: error });
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      await ownTurn();
    }
  }
}

/** Somebody else holds the lock, in this process or in another. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_BUSY');
}
