import { randomUUID } from 'node:crypto';
import { protocolLimits } from '@dialect/protocol';
import { z } from 'zod';
import { clientId, id, messageSchema, messageType, text } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { messageCreated } from './events.js';

/** Sends a message. Exactly once in effect: a repeated `client_id` yields the message stored first and rings nobody. */
export const send = defineUseCase({
  name: 'messages.send',
  summary: 'Send a message',
  access: 'user',
  input: z.object({
    chat_id: id,
    content: text(protocolLimits.content_bytes),
    message_type: messageType.default('text'),
    client_id: clientId.optional(),
    reply_to_id: id.nullish(),
  }),
  output: messageSchema.extend({ duplicate: z.boolean() }),
  rate: ({ messages_per_second }) => ({ burst: messages_per_second * 2, per_second: messages_per_second }),
  async run({ chat_id, content, message_type, client_id = randomUUID(), reply_to_id = null }, context) {
    const { caller, clock } = context;
    const at = clock.now();
    const actor_id = caller.user_id;
    const notify = context.has_push;
    const { written, is_repeat, event } = await context.write(
      { kind: 'append', chat_id, actor_id, client_id, content, message_type, reply_to_id, at, notify },
      messageCreated,
    );
    const { message } = event ?? messageCreated(written);
    if (!is_repeat) context.markOwn({ chat_id, user_id: caller.user_id, seq: message.seq, at });
    return { ...message, duplicate: is_repeat };
  },
});
