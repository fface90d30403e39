import { expect } from 'vitest';
import type { Clock, RateLimiter } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';

export interface RateLimiterSubject {
  limiter: RateLimiter;
  clock: FakeClock;
}

const rate = { burst: 4, per_second: 2 };

async function takeAll({ limiter }: RateLimiterSubject, times: number, key = 'ann'): Promise<number> {
  let passed = 0;
  for (let n = 0; n < times; n++) if ((await limiter.take(key, rate)).allowed) passed += 1;
  return passed;
}

export const rateLimiterCases: Cases<RateLimiterSubject> = {
  async 'lets a burst pass and no more'(subject) {
    expect(await takeAll(subject, 20)).toBe(4);
  },

  async 'gives back so much a second, and no more than a burst'(subject) {
    await takeAll(subject, 20);
    subject.clock.advance(1_000);
    expect(await takeAll(subject, 20)).toBe(2);
    subject.clock.advance(3_600_000);
    expect(await takeAll(subject, 20)).toBe(4);
  },

  async 'says how long to wait: not a millisecond too few, and hardly one too many'({ limiter, clock }) {
    for (let n = 0; n < 4; n++) expect(await limiter.take('ann', rate)).toEqual({ allowed: true, retry_after_ms: 0 });
    const verdict = await limiter.take('ann', rate);
    expect(verdict).toEqual({ allowed: false, retry_after_ms: 500 });
    clock.advance(verdict.retry_after_ms - 2);
    expect((await limiter.take('ann', rate)).allowed).toBe(false);
    clock.advance(2);
    expect((await limiter.take('ann', rate)).allowed).toBe(true);
  },

  async 'takes nothing when it refuses'(subject) {
    await takeAll(subject, 1_000);
    subject.clock.advance(500);
    expect(await takeAll(subject, 5)).toBe(1);
  },

  async 'keeps each key’s own bucket'(subject) {
    expect(await takeAll(subject, 20, 'ann')).toBe(4);
    expect(await takeAll(subject, 20, 'bob')).toBe(4);
    expect(await takeAll(subject, 20, '__proto__')).toBe(4);
  },

  async 'lets one burst pass of those that race'({ limiter }) {
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.take('ann', rate)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(4);
  },

  async 'takes nothing away when the clock is set back'(subject) {
    expect(await takeAll(subject, 2)).toBe(2);
    subject.clock.advance(-3_600_000);
    expect(await takeAll(subject, 20)).toBe(2);
    subject.clock.advance(500);
    expect(await takeAll(subject, 20)).toBe(1);
  },

  async 'does not limit at an infinite rate'({ limiter }) {
    const infinite = { burst: Number.POSITIVE_INFINITY, per_second: Number.POSITIVE_INFINITY };
    for (let n = 0; n < 1_000; n++) expect((await limiter.take('ann', infinite)).allowed).toBe(true);
  },
};

export function rateLimiterContract(options: {
  name: string;
  create: (clock: Clock) => RateLimiter | Promise<RateLimiter>;
}): void {
  runCases(`rate limiter contract: ${options.name}`, rateLimiterCases, async (check) => {
    const clock = createFakeClock();
    await check({ limiter: await options.create(clock), clock });
  });
}
