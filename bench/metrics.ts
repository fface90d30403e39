/** What a trial may report; the table prints them in this order. */
export const metrics = {
  acked_per_s: { title: 'acked/s', digits: 0 },
  delivered_per_s: { title: 'delivered/s', digits: 0 },
  pages_per_s: { title: 'pages/s', digits: 0 },
  kib_per_socket: { title: 'KiB/socket', digits: 1 },
  p50_ms: { title: 'p50 ms', digits: 2 },
  p99_ms: { title: 'p99 ms', digits: 1 },
  /** CPU time of the server for one acknowledged message or page. It wanders far less than any rate. */
  server_us: { title: 'server us/op', digits: 1 },
  /** Cores kept busy. A generator near 1.0 is the bottleneck itself: the server could do more than the rate says. */
  server_cpu: { title: 'server cpu', digits: 2 },
  generator_cpu: { title: 'generator cpu', digits: 2 },
} as const;

export type Metric = keyof typeof metrics;
export type Figures = Partial<Record<Metric, number>>;

/** What the load generator reports: the figures, and how many messages were acknowledged in all, warm-up included. */
export interface Outcome {
  figures: Figures;
  acked: number;
}
