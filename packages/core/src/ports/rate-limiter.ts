export interface Rate {
  /** How much may be used at once. */
  burst: number;
  /** How much comes back each second. */
  per_second: number;
}

export interface RateVerdict {
  allowed: boolean;
  /** Milliseconds until the same request may pass; 0 when it was allowed. */
  retry_after_ms: number;
}

export interface RateLimiter {
  /** Takes one from the bucket of `key`, or tells how long to wait and takes nothing. May answer at once or later. */
  take(key: string, rate: Rate): RateVerdict | Promise<RateVerdict>;
}
