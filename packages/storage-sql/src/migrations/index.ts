import { messenger } from './001-messenger.js';
import { messages } from './002-messages.js';
import type { Migration } from './migration.js';

/** In the order in which they are applied. */
export const migrations = [messenger, messages] as const satisfies readonly Migration[];
