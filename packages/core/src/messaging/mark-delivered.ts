import { marksSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mark, markInput } from './mark.js';

/** Everything up to the message has reached a device. Marks only move forward, and never beyond the last message. */
export const markDelivered = defineUseCase({
  name: 'messages.markDelivered',
  summary: 'Mark as delivered up to a message',
  description:
    'Everything up to the message has reached a device. Marks only move forward, and never beyond the last message.',
  errors: ['NOT_A_MEMBER', 'MESSAGE_NOT_FOUND'],
  example: { chat_id: 7, message_id: 42 },
  access: 'user',
  input: markInput,
  output: marksSchema,
  run: (input, context) => mark('delivered', input, context),
});
