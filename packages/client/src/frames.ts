import type { EventOf, MarkEvent, OwnEvent, ServerFrame } from '@dialect/protocol';
import type { Directory } from './directory.js';
import type { Emitter } from './emitter.js';
import type { Refresh } from './refresh.js';
import type { Requests } from './requests.js';
import type { Session } from './session.js';
import type { ClientEvents } from './types.js';

export interface FrameParts {
  directory: Directory;
  requests: Requests;
  emitter: Emitter<ClientEvents>;
  session: Session;
  refresh: Refresh;
}

/** What the server says, to whom it concerns. Unknown types are for newer clients. */
export function createFrameHandler({
  directory,
  requests,
  emitter,
  session,
  refresh,
}: FrameParts): (frame: ServerFrame) => void {
  function mark(event: MarkEvent): void {
    const entry = directory.find(event.chat_id);
    if (!entry) return;
    entry.sync.data.applyMark(event);
    entry.invalidate();
    refresh.unread(entry);
    emitter.emit(event.type, { ...event, chat: entry.handle });
  }

  function typing({ chat_id, user_id, is_typing }: EventOf<'typing'>): void {
    const entry = directory.find(chat_id);
    if (!entry || user_id === session.user_id) return;
    entry.typing.heard(user_id, is_typing);
    emitter.emit('typing', { chat: entry.handle, user_id, is_typing });
  }

  /** What I did on another device, or on this one. */
  function own(event: OwnEvent): void {
    const entry = directory.find(event.chat_id);
    if (!entry) return;
    const { data } = entry.sync;
    if (event.type === 'chat_deleted') entry.sync.leave();
    if (event.type === 'message_hidden') data.window.drop(event.seq);
    if (event.type === 'chat_history_cleared') data.clear(event.seq);
    if (event.type === 'chat_muted') data.patch({ muted_until: event.muted_until });
    entry.invalidate();
    refresh.unread(entry);
  }

  return (frame) => {
    switch (frame.type) {
      case 'welcome':
        return session.welcome(frame.user_id, frame.epoch);
      case 'changes': {
        const { type: _, ref, ...changes } = frame;
        directory.get(changes.chat_id).sync.changes(changes);
        return requests.answer(ref, changes);
      }
      case 'ok':
        return requests.answer(frame.ref, frame.result);
      case 'error':
        return requests.refuse(frame);
      case 'new_message': {
        const { type: _, ...message } = frame;
        const { chat_id, rev } = message;
        return directory.get(chat_id).sync.event({ type: 'message_created', chat_id, rev, message });
      }
      case 'message_read':
      case 'message_delivered':
        return mark(frame);
      case 'typing':
        return typing(frame);
      case 'auth_expiring':
        return void session.renewToken();
      case 'reset':
        return session.reset(frame.chat_id);
      case 'user_status': {
        for (const entry of directory.all()) {
          if (entry.sync.data.setOnline(frame)) entry.invalidate();
        }
        const { type: _, ...status } = frame;
        return emitter.emit('user_status', status);
      }
      default:
        if ('only_for' in frame) own(frame);
        else if ('rev' in frame) directory.get(frame.chat_id).sync.event(frame);
    }
  };
}
