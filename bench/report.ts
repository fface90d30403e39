import { ours } from './contestants.ts';
import { type Figures, type Metric, metrics } from './metrics.ts';
import { judge, type Target, targets } from './targets.ts';
import { type Workload, workloads } from './workloads.ts';

/** By workload and contestant, the figures of each round. */
export type Results = Map<string, Map<string, Figures[]>>;

/**
 * The round that counts. Noise of other programs only ever slows a server down, so the best round is the nearest to
 * the truth; all figures of a contestant come from that one round.
 */
export function best(workload: Workload, rounds: readonly Figures[]): Figures {
  const value = (figures: Figures) => figures[workload.primary] ?? Number.NaN;
  const sign = workload.better === 'higher' ? -1 : 1;
  return [...rounds].sort((a, b) => sign * (value(a) - value(b)))[0] ?? {};
}

export function printWorkload(workload: Workload, results: Results): void {
  const rounds = results.get(workload.name) ?? new Map<string, Figures[]>();
  const columns = (Object.keys(metrics) as Metric[]).filter((metric) =>
    [...rounds.values()].some((all) => all.some((figures) => figures[metric] !== undefined)),
  );
  const own = best(workload, rounds.get(ours) ?? [])[workload.primary];
  const rows = [...rounds].map(([name, all]) => {
    const figures = best(workload, all);
    const value = figures[workload.primary];
    return [
      name,
      ...columns.map((metric) => format(metric, figures[metric])),
      own === undefined || value === undefined ? '-' : `${(own / value).toFixed(2)}x`,
      all.map((figures) => format(workload.primary, figures[workload.primary])).join(' '),
    ];
  });
  const title = metrics[workload.primary].title;
  const header = ['', ...columns.map((metric) => metrics[metric].title), `${ours}/this`, `all rounds, ${title}`];
  console.log(`${workload.name}: ${workload.title}\n${table([header, ...rows])}\n`);
}

export function printTargets(results: Results): void {
  const rows = targets.flatMap((target) => {
    const workload = workloads.find(({ name }) => name === target.workload);
    const rounds = results.get(target.workload);
    if (workload === undefined || rounds === undefined) return [];
    const verdict = judge(target, new Map([...rounds].map(([name, all]) => [name, best(workload, all)])));
    const got = verdict === null ? 'not measured' : `${verdict.value.toFixed(2)} ${verdict.met ? 'met' : 'MISSED'}`;
    return [[target.workload, target.contestant, metrics[target.metric].title, wish(target), got]];
  });
  if (rows.length > 0) console.log(`Targets\n${table(rows)}\n`);
}

function wish({ at_least, at_most, of }: Target): string {
  const bound = at_least !== undefined ? `>= ${at_least}` : `<= ${at_most}`;
  return of === undefined ? bound : `${bound} x ${of}`;
}

function format(metric: Metric, value: number | undefined): string {
  if (value === undefined) return '-';
  const { digits } = metrics[metric];
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Columns as wide as their widest cell: the first to the left, the rest to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}
