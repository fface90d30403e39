import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What every child says: the answer to the last question, or why there is none. */
export type Answer = { ok: unknown } | { error: string };

export interface Child {
  pid: number;
  /** The child's next word; fails when the child dies first or is silent for too long. */
  answer<T>(patience_ms: number): Promise<T>;
  ask<T>(question: unknown, patience_ms: number): Promise<T>;
  exited(patience_ms: number): Promise<void>;
  kill(): void;
}

const living = new Set<ChildProcess>();

/** Starts one of our scripts, without the loaders or flags that this process itself may run under. */
export function start(script: string, args: readonly string[], flags: readonly string[] = []): Child {
  const forked = fork(join(import.meta.dirname, script), args, {
    execArgv: [...flags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  living.add(forked);
  forked.once('exit', () => living.delete(forked));
  const gone = new Promise<void>((resolve) => forked.once('exit', () => resolve()));

  // One question at a time: answers that come early wait here.
  const answers: Answer[] = [];
  let heard = () => {};
  forked.on('message', (answer: Answer) => {
    answers.push(answer);
    heard();
  });

  const answer = async <T>(patience_ms: number): Promise<T> => {
    if (answers.length === 0) {
      const spoken = new Promise<void>((resolve) => {
        heard = resolve;
      });
      await within(patience_ms, script, Promise.race([spoken, gone]));
    }
    const next = answers.shift();
    if (next === undefined) throw new Error(`${script} ended without an answer`);
    if ('error' in next) throw new Error(`${script}: ${next.error}`);
    return next.ok as T;
  };
  return {
    pid: forked.pid ?? 0,
    answer,
    ask: (question, patience_ms) => {
      forked.send(question as object);
      return answer(patience_ms);
    },
    exited: (patience_ms) => within(patience_ms, script, gone),
    kill: () => void forked.kill('SIGKILL'),
  };
}

/** For the end of the run, however it comes: no child outlives us. */
export function killAll(): void {
  for (const forked of living) forked.kill('SIGKILL');
}

async function within<T>(patience_ms: number, script: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${script} was silent for ${patience_ms / 1_000} s`)), patience_ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
