import { MessengerError } from '@dialect/core';

/** Milliseconds for which something is tried again: a server that restarts is back by then. */
const patience_ms = 10_000;

/** The connection is gone, or none could be had: what it was asked last may or may not have been done. */
export class ConnectionLost extends Error {}

/** The SQLSTATE of what the server complains of, or the name of what happened to the socket. */
export function codeOf(error: unknown): string {
  return (error as { code?: string } | null | undefined)?.code ?? '';
}

/** Serialization failure, deadlock, and a lock that was waited for too long. */
const conflicts = new Set(['40001', '40P01', '55P03']);
export const isConflict = (error: unknown): boolean => conflicts.has(codeOf(error));

/** Runs again what lost a conflict or its connection. @throws BUSY when there is no end to it */
export async function retry<T>(run: () => Promise<T>): Promise<T> {
  const give_up_at = performance.now() + patience_ms;
  for (let failures = 0; ; failures++) {
    try {
      return await run();
    } catch (error) {
      if (!isConflict(error) && !(error instanceof ConnectionLost)) throw error;
      if (performance.now() > give_up_at) throw busy('The database cannot be reached. Try again in a moment.', error);
      // Jitter: two that met in a deadlock would meet again.
      const pause_ms = Math.min(2 ** failures, 500) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }
}

export function busy(message: string, cause: unknown): MessengerError {
  return new MessengerError('BUSY', { message, retry_after_ms: 1_000, cause });
}
