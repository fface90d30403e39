import { z } from 'zod';
import { id, messageSchema, name } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMessage } from './change.js';

/** A reaction of the caller's, put on or taken off. Any short text may be one; a message holds 20 kinds. */
export const react = defineUseCase({
  name: 'messages.react',
  summary: 'React to a message',
  description: 'Any short text may be a reaction; a message holds 20 kinds. `is_on: false` takes mine off.',
  errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'BLOCKED', 'TOO_MANY_REACTIONS'],
  example: { message_id: 42, emoji: '👍' },
  access: 'user',
  input: z.object({ message_id: id, emoji: name(32).min(1), is_on: z.boolean().default(true) }),
  output: messageSchema,
  rate: () => ({ burst: 20, per_second: 5 }),
  run: ({ message_id, emoji, is_on }, context) => changeMessage({ kind: 'react', message_id, emoji, is_on }, context),
});
