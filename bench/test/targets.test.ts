import { describe, expect, test } from 'vitest';
import { contestants } from '../contestants.ts';
import { judge, type Target, targets } from '../targets.ts';
import { workloads } from '../workloads.ts';

const figures = new Map([
  ['dialect', { acked_per_s: 1_000 }],
  ['dialect-mysql', { acked_per_s: 400 }],
]);

describe('a target', () => {
  const target: Target = { workload: 'W1x16', contestant: 'dialect-mysql', metric: 'acked_per_s', of: 'dialect' };

  test('is judged by the contestant that it names', () => {
    expect(judge({ ...target, at_least: 0.35 }, figures)).toMatchObject({ value: 0.4, met: true });
    expect(judge({ ...target, at_least: 0.45 }, figures)).toMatchObject({ value: 0.4, met: false });
    expect(judge({ ...target, at_most: 0.35 }, figures)).toMatchObject({ value: 0.4, met: false });
  });

  test('without another contestant bounds the figure itself', () => {
    const { of: _, ...alone } = target;
    expect(judge({ ...alone, at_least: 400 }, figures)).toMatchObject({ value: 400, met: true });
  });

  test('is not judged by what has not been measured', () => {
    expect(judge({ ...target, of: 'relay' }, figures)).toBeNull();
    expect(judge({ ...target, contestant: 'relay' }, figures)).toBeNull();
    expect(judge({ ...target, metric: 'p99_ms' }, figures)).toBeNull();
  });
});

test('every target can be measured: its contestants take part in its workload', () => {
  for (const { workload: name, contestant, of = contestant } of targets) {
    const workload = workloads.find((entry) => entry.name === name);
    const field = contestants.map((entry) => entry.name).filter((entry) => !workload?.except?.includes(entry));
    expect(field).toEqual(expect.arrayContaining([contestant, of]));
  }
});

test('on a database server W1x16 reaches 0.35 of what it reaches on SQLite', () => {
  const target = targets.find(({ contestant }) => contestant === 'dialect-mysql');
  expect(target).toMatchObject({ workload: 'W1x16', metric: 'acked_per_s', of: 'dialect', at_least: 0.35 });
});
