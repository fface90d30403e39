import { marksSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mark, markInput } from './mark.js';

/** Everything up to the message is read. Marks only move forward, and never beyond the last message. */
export const markRead = defineUseCase({
  name: 'messages.markRead',
  summary: 'Mark as read up to a message',
  description:
    'Everything up to the message is read, by its id or by its number. Marks only move forward, and never beyond the last message.',
  errors: ['NOT_A_MEMBER', 'MESSAGE_NOT_FOUND'],
  example: { chat_id: 7, message_id: 42 },
  access: 'user',
  input: markInput,
  output: marksSchema,
  run: (input, context) => mark('read', input, context),
});
