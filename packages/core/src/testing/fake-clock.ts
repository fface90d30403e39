import type { Clock } from '../ports/index.js';

export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass; a negative number sets the clock back. */
  advance(ms: number): void;
  /** @param at Milliseconds since 1970. */
  set(at: number): void;
}

/** A clock that stands still until the test moves it. */
export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    set(at) {
      now = at;
    },
  };
}
