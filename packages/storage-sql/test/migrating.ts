import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Child, startChild } from '../../adapter-sqlite/test/child.js';
import type { LockTimes } from '../src/migrations/migration-lock.js';
import type { TestDatabase } from './databases.js';

export interface MigratingOptions {
  address: string;
  /** The first so many of all migrations. */
  count: number;
  times: LockTimes;
  /** It waits at every boundary until it is told to go on. */
  is_stepwise: boolean;
  /** How wrong its clock is. */
  clock_offset_ms: number;
}

export interface Migrating extends Child {
  goOn(): void;
  /** Lets it come to this boundary, where it waits. */
  reach(boundary: string): Promise<void>;
  /** All that it has yet to say, while nothing keeps it any more. */
  rest(): Promise<string[]>;
  kill(): Promise<void>;
}

/** Another process that is ready to migrate; it ends with the test at the latest. */
export async function startMigrating(
  { address }: TestDatabase,
  options: Omit<MigratingOptions, 'address' | 'clock_offset_ms'> & Partial<MigratingOptions>,
): Promise<Migrating> {
  const script = fileURLToPath(new URL('migrating-process.ts', import.meta.url));
  const child = startChild(script, JSON.stringify({ clock_offset_ms: 0, ...options, address }));
  const goOn = () => child.process.stdin?.write('\n');
  const kill = async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  };
  onTestFinished(kill);
  if ((await child.line()) !== 'ready') throw new Error('The process did not get ready.');
  return {
    ...child,
    goOn,
    kill,
    async reach(boundary) {
      for (;;) {
        goOn();
        const line = await child.line();
        if (line === boundary) return;
        if (/^(done|failed)/.test(line)) throw new Error(`It never came to "${boundary}": ${line}`);
      }
    },
    async rest() {
      const said: string[] = [];
      for (;;) {
        goOn();
        const line = await child.line();
        said.push(line);
        if (/^(done|failed)/.test(line)) {
          await child.ended;
          return said;
        }
      }
    },
  };
}
