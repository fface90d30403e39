import { ours } from './contestants.ts';
import type { Figures, Metric } from './metrics.ts';

/** What we must reach: as a factor of another contestant's figure, or, without `of`, as the figure itself. */
export interface Target {
  workload: string;
  contestant: string;
  metric: Metric;
  of?: string;
  at_least?: number;
  at_most?: number;
}

export const targets: readonly Target[] = [
  { workload: 'W1x1', contestant: ours, metric: 'acked_per_s', of: 'socketio-full', at_least: 2 },
  { workload: 'W1x16', contestant: ours, metric: 'acked_per_s', of: 'socketio-normal', at_least: 1 },
  { workload: 'W1x16', contestant: ours, metric: 'acked_per_s', of: 'socketio-full', at_least: 4 },
  { workload: 'W1x16', contestant: ours, metric: 'p99_ms', of: 'socketio-full', at_most: 1 },
  { workload: 'W1x16', contestant: 'dialect-mysql', metric: 'acked_per_s', of: ours, at_least: 0.35 },
  { workload: 'W2', contestant: ours, metric: 'delivered_per_s', of: 'relay', at_least: 0.8 },
  { workload: 'W3', contestant: ours, metric: 'kib_per_socket', at_most: 14 },
  { workload: 'W4', contestant: ours, metric: 'pages_per_s', of: 'socketio-normal', at_least: 1.2 },
];

export interface Verdict extends Target {
  value: number;
  met: boolean;
}

/** Judges one target; null when the run has not measured what it needs. */
export function judge(target: Target, figures: ReadonlyMap<string, Figures>): Verdict | null {
  const own = figures.get(target.contestant)?.[target.metric];
  const other = target.of === undefined ? 1 : figures.get(target.of)?.[target.metric];
  if (own === undefined || other === undefined) return null;
  const value = own / other;
  const met = value >= (target.at_least ?? Number.NEGATIVE_INFINITY) && value <= (target.at_most ?? Infinity);
  return { ...target, value, met };
}
