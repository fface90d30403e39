import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { bundleCommand } from './bundled-command.js';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Run {
  child: ChildProcess;
  output(): string;
  /** Resolves when the output holds this text; what came so far. */
  until(text: string): Promise<string>;
  ended: Promise<Ended>;
}

export interface Command {
  /** The program's file, once the tests run. */
  path(): string;
  /** Starts it with this environment and no other; killed when the test ends. `script`: what Node runs in its place. */
  run(argv: string[], environment?: Record<string, string>, options?: { script?: string; cwd?: string }): Run;
}

/** The `dialect` command as a child process, for the tests of one file. */
export function useCommand(): Command {
  let command = '';
  beforeAll(async () => {
    command = await bundleCommand();
  });
  afterAll(() => rmSync(dirname(command), { recursive: true, force: true }));
  return {
    path: () => command,
    run(argv, environment = {}, { script = command, cwd = dirname(command) } = {}) {
      const { PATH = '' } = process.env;
      return watch(spawn(process.execPath, [script, ...argv], { env: { PATH, ...environment }, cwd }));
    },
  };
}

function watch(child: ChildProcess): Run {
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (data) => (out[name] += data));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...out }));
  });
  const output = () => out.stdout + out.stderr;
  async function until(text: string): Promise<string> {
    while (!output().includes(text)) {
      if (child.exitCode !== null) throw new Error(`It ended without "${text}":\n${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return output();
  }
  return { child, output, until, ended };
}

export const urlIn = (output: string) => /listening on (\S+)/.exec(output)?.[1] as string;
