import { marksSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mark, markInput } from './mark.js';

/** Everything up to the message is read. Marks only move forward, and never beyond the last message. */
export const markRead = defineUseCase({
  name: 'messages.markRead',
  summary: 'Mark as read up to a message',
  access: 'user',
  input: markInput,
  output: marksSchema,
  run: (input, context) => mark('read', input, context),
});
