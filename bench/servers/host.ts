import type { Answer } from '../children.ts';
import type { Plan, Seeded } from '../plan.ts';
import type { ServerSettings } from './settings.ts';

/** A contestant: how it fills a database, and how it serves one on a free port of the loopback. */
export interface Server {
  seed(folder: string, plan: Plan, settings: ServerSettings): Promise<Seeded>;
  serve(folder: string, settings: ServerSettings): Promise<{ port: number; close(): Promise<void> }>;
}

export type Command = 'collect' | 'stop';

/**
 * Runs a contestant as a child of the bench. Seeding has a process of its own, so that a server is measured with the
 * heap and the compiled code of a fresh start, whatever its seeding cost.
 */
export async function host(server: Server): Promise<void> {
  const [mode, folder = '', settings = '{}', plan = '{}'] = process.argv.slice(2);
  process.on('disconnect', () => process.exit(1));
  if (mode === 'seed') {
    await attempt(() => server.seed(folder, JSON.parse(plan) as Plan, JSON.parse(settings) as ServerSettings));
    process.disconnect?.();
    process.exit(0);
  }
  await attempt(async () => {
    const { port, close } = await server.serve(folder, JSON.parse(settings) as ServerSettings);
    process.on('message', (command: Command) =>
      attempt(async () => {
        if (command === 'collect') collect();
        else {
          await close();
          setTimeout(() => process.exit(0), 20);
        }
      }),
    );
    return { port };
  });
}

/** Garbage that a later collection would find is not memory per connection. Twice: weak callbacks free more. */
function collect(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}

async function attempt(work: () => Promise<unknown>): Promise<void> {
  const answer: Answer = await work().then(
    (ok) => ({ ok: ok ?? null }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  // Awaited: exiting before the pipe has taken the answer would lose it.
  await new Promise<void>((resolve) => {
    if (process.send) process.send(answer, () => resolve());
    else resolve();
  });
}
