import { MessengerError } from './errors.js';
import type { Rate, RateLimiter } from './ports/index.js';
import { createTurns } from './turns.js';

/**
 * Lets a request pass or throws TOO_MANY_REQUESTS. A limiter that answers at once lets it pass at once; answers that
 * come later (from a limiter over the network) take effect in the order of asking.
 */
export function createRateGate(limiter: RateLimiter): (key: string, rate: Rate) => void | Promise<void> {
  const inTurn = createTurns();
  return (key, rate) => {
    const verdict = limiter.take(key, rate);
    if (verdict instanceof Promise) return inTurn(key, verdict).then(check);
    check(verdict);
  };
}

function check({ allowed, retry_after_ms }: { allowed: boolean; retry_after_ms: number }): void {
  if (!allowed) throw new MessengerError('TOO_MANY_REQUESTS', { retry_after_ms });
}
