/** Keeps every latency of the measured window, in milliseconds: percentiles from buckets would blur the tail. */
export interface Latencies {
  open(): void;
  add(milliseconds: number): void;
  close(): void;
  percentile(share: number): number;
}

export function latencies(): Latencies {
  const all: number[] = [];
  let counting = false;
  let sorted: Float64Array | undefined;
  return {
    open: () => {
      counting = true;
    },
    add: (milliseconds) => {
      if (counting) all.push(milliseconds);
    },
    close: () => {
      counting = false;
    },
    percentile: (share) => {
      sorted ??= Float64Array.from(all).sort();
      return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    },
  };
}
