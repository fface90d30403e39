import type { Message } from '@dialect/protocol';
import type { ChatData, DurableEvent } from './chat-data.js';
import type { Directory } from './directory.js';
import type { Emitter } from './emitter.js';
import type { Marks } from './marks.js';
import type { Refresh } from './refresh.js';
import type { ClientEvents } from './types.js';

/** Tells of what has moved in a chat: readables first, so that a listener of an event sees the state after it. */
export function createNews(
  directory: Directory,
  emitter: Emitter<ClientEvents>,
  marks: Marks,
  refresh: Refresh,
): (data: ChatData, arrivals: readonly Message[], events: readonly DurableEvent[]) => void {
  return (data, arrivals, events) => {
    const entry = directory.get(data.id);
    const chat = entry.handle;
    entry.invalidate();
    directory.invalidate();
    if (data.last_received_seq > data.delivered_seq) {
      data.delivered_seq = data.last_received_seq;
      marks.delivered(data.id, data.delivered_seq);
    }
    refresh.unread(entry);
    for (const event of events) {
      if (event.type === 'chat_created') emitter.emit('chat_created', { chat });
      if (event.type === 'member_changed') emitter.emit(event.type, { chat, member: event.member, by: event.by });
      if ('message' in event && 'by' in event) emitter.emit(event.type, { chat, message: event.message, by: event.by });
    }
    for (const message of arrivals) emitter.emit('message_created', { chat, message });
  };
}
