import type { Clock, RateLimiter } from '../ports/index.js';

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets kept; above it the oldest is forgotten, which can only be generous to its owner. */
const max_buckets = 100_000;

/** Token buckets in memory: for one process. */
export function createMemoryRateLimiter(clock: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, { burst, per_second }) {
      if (per_second === Number.POSITIVE_INFINITY) return { allowed: true, retry_after_ms: 0 };
      const now = clock.now();
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = { tokens: burst, at: now };
        buckets.set(key, bucket);
        if (buckets.size > max_buckets) buckets.delete(buckets.keys().next().value as string);
      }
      // A clock that was set back must not take tokens away.
      const elapsed = Math.max(0, now - bucket.at);
      bucket.tokens = Math.min(burst, bucket.tokens + (elapsed / 1000) * per_second);
      bucket.at = now;
      if (bucket.tokens < 1) {
        return { allowed: false, retry_after_ms: Math.ceil(((1 - bucket.tokens) / per_second) * 1000) };
      }
      bucket.tokens -= 1;
      return { allowed: true, retry_after_ms: 0 };
    },
  };
}
