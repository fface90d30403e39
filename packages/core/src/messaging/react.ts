import { z } from 'zod';
import { id, messageSchema, name } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMessage } from './change.js';

/** A reaction of the caller's, put on or taken off. Any short text may be one; a message holds 20 kinds. */
export const react = defineUseCase({
  name: 'messages.react',
  summary: 'React to a message',
  access: 'user',
  input: z.object({ message_id: id, emoji: name(32).min(1), is_on: z.boolean().default(true) }),
  output: messageSchema,
  rate: () => ({ burst: 20, per_second: 5 }),
  run: ({ message_id, emoji, is_on }, context) => changeMessage({ kind: 'react', message_id, emoji, is_on }, context),
});
