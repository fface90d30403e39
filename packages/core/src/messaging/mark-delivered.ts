import { marksSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mark, markInput } from './mark.js';

/** Everything up to the message has reached a device. Marks only move forward, and never beyond the last message. */
export const markDelivered = defineUseCase({
  name: 'messages.markDelivered',
  summary: 'Mark as delivered up to a message',
  access: 'user',
  input: markInput,
  output: marksSchema,
  run: (input, context) => mark('delivered', input, context),
});
