import { z } from 'zod';
import { id, messageSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMessage } from './change.js';

/** Puts a message among the pinned ones of its chat, or takes it from there; any member may. */
export const pin = defineUseCase({
  name: 'messages.pin',
  summary: 'Pin or unpin a message',
  description: 'Any member may. `is_pinned: false` unpins.',
  errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN', 'BLOCKED'],
  example: { message_id: 42, is_pinned: true },
  access: 'user',
  input: z.object({ message_id: id, is_pinned: z.boolean().default(true) }),
  output: messageSchema,
  rate: () => ({ burst: 20, per_second: 5 }),
  run: ({ message_id, is_pinned }, context) => changeMessage({ kind: 'pin_message', message_id, is_pinned }, context),
});
