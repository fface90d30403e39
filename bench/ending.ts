import { killAll } from './children.ts';
import { removeFolders } from './folders.ts';
import { removeDatabases } from './stores/mysql-database.ts';

let stopping: Promise<never> | undefined;

/** From here on no child, folder or database outlives this process, unless it is killed outright. */
export function leaveNothingBehind(): void {
  process.on('exit', () => {
    killAll();
    removeFolders();
  });
  // Not once: a terminal and npm both pass the signal on, and the second one must not cut off what the first began.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping ??= stop();
    });
  }
}

/** Runs what a signal may interrupt: what fails because its children were killed is not reported. */
export async function interruptible<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (stopping) await stopping;
    throw error;
  }
}

/** A database cannot be dropped while the process exits: that takes an answer of its server. */
async function stop(): Promise<never> {
  killAll();
  await removeDatabases().catch((error: unknown) => console.error(error));
  process.exit(130);
}
