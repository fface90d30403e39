import { MessengerError } from './errors.js';
import type { Rate, RateLimiter } from './ports/index.js';

/**
 * Lets a request pass or throws TOO_MANY_REQUESTS. A limiter that answers at once lets it pass at once; answers that
 * come later (from a limiter over the network) take effect in the order of asking, so that one caller's messages cannot
 * overtake one another on their way to the queue.
 */
export function createRateGate(limiter: RateLimiter): (key: string, rate: Rate) => void | Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (key, rate) => {
    const verdict = limiter.take(key, rate);
    if (!(verdict instanceof Promise)) {
      check(verdict);
      return;
    }
    // It is looked at in its turn, and may fail before.
    verdict.catch(() => undefined);
    const before = last.get(key);
    const turn = Promise.resolve(before)
      .catch(() => undefined)
      .then(async () => check(await verdict));
    last.set(key, turn);
    const forget = (): void => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  };
}

function check({ allowed, retry_after_ms }: { allowed: boolean; retry_after_ms: number }): void {
  if (!allowed) throw new MessengerError('TOO_MANY_REQUESTS', { retry_after_ms });
}
