import { isMessengerError } from '@dialect/core';
import { type DatabaseSettings, describeDatabase } from './database-settings.js';
import { StartupError } from './startup-error.js';

/**
 * Runs what a command does with the database before anything is served, and says in one line why it cannot.
 * @throws StartupError for what an operator can put right; other errors are ours, and keep where they came from
 */
export async function useDatabase<T>(database: DatabaseSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartupError || !isForeseen(error)) throw error;
    const place = describeDatabase(database);
    throw new StartupError(`${database.named_by}: ${place} cannot be used: ${lineOf(error)}`, { cause: error });
  }
}

/** What a storage, a driver or the system says has a name or a code of its own; those of Node itself tell of bugs. */
function isForeseen(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error.name === 'StorageError' || isMessengerError(error)) return true;
  return 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_');
}

function lineOf(error: Error): string {
  // What users are told says only that it did not work.
  const cause = isMessengerError(error) && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const text =
    `${error.message}${cause}`.replace(/\s+/g, ' ').trim() || String('code' in error ? error.code : error.name);
  // A storage speaks to hosts, who set options; an operator sets variables.
  return text.replace("when_not_durable: 'warn'", 'DB_WHEN_NOT_DURABLE=warn');
}
