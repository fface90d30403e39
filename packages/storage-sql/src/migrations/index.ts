import { messenger } from './001-messenger.js';
import { media } from './003-media.js';
import type { Migration } from './migration.js';

/** In the order in which they are applied. */
export const migrations = [messenger, media] as const satisfies readonly Migration[];
