import type { EventOf } from '@dialect/protocol';
import { messageToWire } from './domain/to-wire.js';
import type { MessageRow } from './ports/index.js';

/** Events hold nothing of who hears them, so how far a message has come is not in them: clients know the marks. */
export function messageCreated(row: MessageRow): EventOf<'message_created'> {
  const message = messageToWire(row, 'sent');
  return { type: 'message_created', chat_id: message.chat_id, rev: message.rev, message };
}

type ChangeType = 'message_edited' | 'message_deleted' | 'message_pinned' | 'message_reacted';

export function messageChanged<T extends ChangeType>(type: T, row: MessageRow, by: number) {
  const message = messageToWire(row, 'sent');
  return { type, chat_id: message.chat_id, rev: message.rev, message, by };
}
