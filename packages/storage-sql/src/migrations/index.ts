import { messenger } from './001-messenger.js';
import type { Migration } from './migration.js';

/** In the order in which they are applied. */
export const migrations = [messenger] as const satisfies readonly Migration[];
