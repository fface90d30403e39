import { mkdirSync } from 'node:fs';
import { StartupError } from './startup-error.js';

/**
 * Runs what opens the files of the data folder, and says in one line what is wrong with it.
 * The folder is made for its owner alone: it holds everybody's messages.
 */
export function inDataFolder<T>(data_dir: string, open: () => T): T {
  try {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 });
    return open();
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const { message } = error as Error;
    throw new StartupError(`DATA_DIR: ${data_dir} cannot be used: ${message}`);
  }
}
