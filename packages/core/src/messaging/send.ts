import { randomUUID } from 'node:crypto';
import { protocolLimits } from '@dialect/protocol';
import { z } from 'zod';
import { mediaNamesIn } from '../domain/media-names.js';
import { writeMeta } from '../domain/message-meta.js';
import { clientId, id, mediaSchema, messageSchema, messageType, optionalText } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { append, sendRate } from './append.js';

export const sentSchema = messageSchema.extend({ duplicate: z.boolean() });

/** Sends a message. Exactly once in effect: a repeated `client_id` yields the message stored first and rings nobody. */
export const send = defineUseCase({
  name: 'messages.send',
  summary: 'Send a message',
  description:
    'Answered when the message is on disk. A repeated `client_id` yields the message that was stored first, with `duplicate: true`, and rings nobody: a retry is safe.',
  errors: ['NOT_A_MEMBER', 'BLOCKED', 'MESSAGE_NOT_FOUND'],
  example: { chat_id: 7, content: 'Hello world!', message_type: 'text', client_id: 'c-81' },
  access: 'user',
  input: z
    .object({
      chat_id: id,
      content: optionalText(protocolLimits.content_bytes),
      message_type: messageType.default('text'),
      client_id: clientId.optional(),
      reply_to_id: id.nullish(),
      mentions: z.array(id).max(100).optional(),
      media: mediaSchema.nullish(),
    })
    .refine((input) => input.content !== '' || input.media, { path: ['content'], error: 'must not be empty' }),
  output: sentSchema,
  rate: sendRate,
  run({ chat_id, content, message_type, client_id = randomUUID(), reply_to_id = null, mentions, media }, context) {
    // Mostly there is nothing else to say, and then nothing is made of it.
    const meta =
      mentions || media
        ? writeMeta({ ...(mentions && { mentions: [...new Set(mentions)] }), ...(media && { media }) })
        : null;
    // The seeds' clients send the address of a file as the content. What is attached comes first: only so many count.
    const media_names = mediaNamesIn(media ? [media.url, media.thumbnail_url, content].join(' ') : content);
    return append({ chat_id, content, message_type, client_id, reply_to_id, meta, media_names }, context);
  },
});
