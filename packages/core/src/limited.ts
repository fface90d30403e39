import { MessengerError } from './errors.js';

/** Runs at most `at_once` tasks together and lets `may_wait` more of them wait; the rest is refused as BUSY. */
export function createLimited(at_once: number, may_wait: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= at_once) {
      if (waiting.length >= may_wait) throw new MessengerError('BUSY', { retry_after_ms: 1_000 });
      // Whoever finishes hands its place over, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
