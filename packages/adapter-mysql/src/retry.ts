import { MessengerError } from '@dialect/core';
import { isConflict, isLost } from './driver-errors.js';

const most_conflicts = 20;

/**
 * Runs again what lost a deadlock, at once; and what lost its connection, until the server has had the time to come
 * back. @throws BUSY when it has not, or when others are always faster
 */
export async function retry<T>(run: () => Promise<T>, reconnect_ms: number): Promise<T> {
  const give_up_at = performance.now() + reconnect_ms;
  for (let conflicts = 0, losses = 0; ; ) {
    try {
      return await run();
    } catch (error) {
      if (isConflict(error) && ++conflicts < most_conflicts) {
        // Jitter: two that met in a deadlock would meet again.
        await pause(Math.min(2 ** conflicts, 100));
      } else if (isLost(error) && performance.now() < give_up_at) {
        await pause(Math.min(20 * 2 ** losses++, 500));
      } else {
        throw isConflict(error) || isLost(error) ? busy(error) : error;
      }
    }
  }
}

export function busy(
  cause: unknown,
  message = 'The database cannot be reached. Try again in a moment.',
): MessengerError {
  return new MessengerError('BUSY', { message, retry_after_ms: 1_000, cause });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random())));
