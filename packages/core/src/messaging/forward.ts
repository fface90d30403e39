import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readMeta, writeMeta } from '../domain/message-meta.js';
import { MessengerError } from '../errors.js';
import type { OperationOf } from '../ports/index.js';
import { clientId, id, messageSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { append, sendRate } from './append.js';
import { findVisible } from './visible.js';

/** Writes what the caller can read elsewhere into a chat of theirs, with the name of who wrote it first. */
export const forward = defineUseCase({
  name: 'messages.forward',
  summary: 'Forward a message to another chat',
  description:
    'Into the chat `chat_id`, with the name of who wrote it first. A repeated `client_id` yields the message that was stored first.',
  errors: ['NOT_A_MEMBER', 'BLOCKED', 'MESSAGE_NOT_FOUND', 'FORBIDDEN'],
  access: 'user',
  input: z.object({ message_id: id, chat_id: id, client_id: clientId.optional() }),
  output: messageSchema.extend({ duplicate: z.boolean() }),
  rate: sendRate,
  async run({ message_id, chat_id, client_id = randomUUID() }, context) {
    const { row } = await findVisible(message_id, context);
    if (row.message_type === 'system') throw new MessengerError('FORBIDDEN', { field: 'message_id' });
    const { media, forward: from } = readMeta(row);
    // Of one that was forwarded before the first author is told, and not who passed it on.
    const origin = from ?? { user_id: row.sender_id, chat_id: row.chat_id, message_id: row.id };
    const message_type = row.message_type as OperationOf<'append'>['message_type'];
    const meta = writeMeta({ forward: origin, ...(media && { media }) });
    return append({ chat_id, content: row.content, message_type, client_id, reply_to_id: null, meta }, context);
  },
});
