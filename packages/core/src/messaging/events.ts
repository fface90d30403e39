import type { EventOf } from '@dialect/protocol';
import type { Written } from '../context.js';
import { messageToWire } from '../domain/to-wire.js';

export function messageCreated(written: Written): EventOf<'message_created'> {
  if (written.kind !== 'message') throw new Error('An append was answered with something else.');
  const message = messageToWire(written.message, 'sent');
  return { type: 'message_created', chat_id: message.chat_id, rev: message.rev, message };
}
