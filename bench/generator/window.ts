import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from '../proc.ts';
import type { Job } from './job.ts';

export interface Window {
  seconds: number;
  /** How far each counter went within the window. */
  counts: number[];
  server_cpu: number;
  generator_cpu: number;
}

/** Lets the load warm up, then watches the counters over the measured seconds. */
export async function watch(job: Job, read: () => number[], onOpen: () => void): Promise<Window> {
  await sleep(job.warm_up_seconds * 1_000);
  onOpen();
  const before = snapshot(job.server_pid, read);
  await sleep(job.seconds * 1_000);
  const after = snapshot(job.server_pid, read);
  const seconds = (after.at - before.at) / 1_000;
  return {
    seconds,
    counts: after.counts.map((count, index) => count - before.counts[index]!),
    server_cpu: (after.server - before.server) / seconds,
    generator_cpu: (after.generator - before.generator) / seconds,
  };
}

function snapshot(server_pid: number, read: () => number[]) {
  return {
    at: performance.now(),
    counts: read(),
    server: cpuSeconds(server_pid),
    generator: cpuSeconds(process.pid),
  };
}
