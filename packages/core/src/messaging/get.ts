import { z } from 'zod';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { id, messageSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { findVisible } from './visible.js';

export const getMessage = defineUseCase({
  name: 'messages.get',
  summary: 'One message',
  description: 'A message of one of my chats.',
  errors: ['MESSAGE_NOT_FOUND'],
  access: 'user',
  input: z.object({ message_id: id }),
  output: messageSchema,
  async run({ message_id }, context) {
    const { row, standings } = await findVisible(message_id, context);
    return messageToWire(row, statusOf(row, standings));
  },
});
