import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  process: ChildProcess;
  /** The next line it prints. @throws when it ends instead. */
  line(): Promise<string>;
  ended: Promise<number | null>;
}

/** A script of this folder in a process of its own, with the sources under their published names. */
export function startChild(script: string, ...parameters: (string | number)[]): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...parameters.map(String)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    async line() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended too early.`);
      return value;
    },
    ended: once(child, 'exit').then(([code]) => code),
  };
}
