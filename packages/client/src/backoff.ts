export interface Backoff {
  /** @default 500 */
  min_ms: number;
  /** @default 20_000 */
  max_ms: number;
}

/**
 * Full jitter: anything between nothing and the exponential bound, so that clients which lost the same server do not
 * come back in the same moment.
 */
export function delayOf(attempt: number, { min_ms, max_ms }: Backoff): number {
  return Math.random() * Math.min(max_ms, min_ms * 2 ** attempt);
}
