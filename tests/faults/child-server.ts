import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const script = new URL('./server.mjs', import.meta.url).pathname;

export type Mutant = 'none' | 'no-dedupe' | 'early-ack' | 'synchronous-normal';

export interface ChildServer {
  port: number;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
}

/** Starts the server of the fault tests; resolves when it listens. `wrapper` is a command to run it under. */
export async function startServer(options: {
  /** A path for SQLite, or a `mysql:` URL. */
  database: string;
  port: number;
  mutant: Mutant;
  wrapper?: readonly string[];
}): Promise<ChildServer> {
  const { database, port, mutant, wrapper = [] } = options;
  const [command, ...rest] = [...wrapper, process.execPath, script, database, String(port), mutant];
  const child = spawn(command as string, rest, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const listening = await firstLine(child);
  return {
    port: Number(listening),
    async kill() {
      const gone = once(child, 'exit');
      // The whole group: under a wrapper the server is not our direct child.
      process.kill(-(child.pid as number), 'SIGKILL');
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    text += chunk;
    if (text.includes('\n')) return text.split('\n')[0] as string;
  }
  throw new Error(`The server ended before it listened: ${child.exitCode ?? child.signalCode}`);
}
