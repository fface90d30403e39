import { messenger } from './001-messenger.js';
import { messages } from './002-messages.js';
import { media } from './003-media.js';
import { push } from './004-push.js';
import type { Migration } from './migration.js';

/** In the order in which they are applied. */
export const migrations = [messenger, messages, media, push] as const satisfies readonly Migration[];
