import type { Event, EventOf, Id } from '@dialect/protocol';

/** What only plain clients (the seeds' own) are sent; everything else reads alike for both, with our fields on top. */
export type PlainFrame =
  | { type: 'typing_indicator'; chat_id: Id; user_id: Id; is_typing: boolean }
  | { type: 'message_edited'; chat_id: Id; message_id: Id; new_content: string; rev: number }
  | { type: 'message_deleted'; chat_id: Id; message_id: Id; rev?: number }
  | { type: 'message_pinned'; chat_id: Id; message_id: Id; is_pinned: boolean; rev: number };

type Translation<T extends Event['type']> = (event: EventOf<T>) => PlainFrame | 'as native' | null;

/** By the names and fields of the Dialect seeds. Null: they know no such event, and read the list of chats again. */
const translations: { [T in Event['type']]: Translation<T> } = {
  message_created: ({ message }) => (message.message_type === 'system' ? null : 'as native'),
  message_edited: ({ chat_id, rev, message: { id, content } }) => ({
    type: 'message_edited',
    chat_id,
    message_id: id,
    new_content: content,
    rev,
  }),
  message_deleted: ({ chat_id, rev, message: { id } }) => ({ type: 'message_deleted', chat_id, message_id: id, rev }),
  message_pinned: ({ chat_id, rev, message: { id, is_pinned } }) => ({
    type: 'message_pinned',
    chat_id,
    message_id: id,
    is_pinned,
    rev,
  }),
  message_reacted: () => null,
  message_hidden: ({ chat_id, message_id }) => ({ type: 'message_deleted', chat_id, message_id }),
  message_read: () => 'as native',
  message_delivered: () => 'as native',
  chat_created: () => null,
  chat_updated: () => null,
  chat_muted: () => null,
  chat_history_cleared: () => 'as native',
  chat_deleted: () => 'as native',
  member_changed: () => null,
  user_status: () => 'as native',
  typing: ({ chat_id, user_id, is_typing }) => ({ type: 'typing_indicator', chat_id, user_id, is_typing }),
};

export function plainFrame(event: Event): PlainFrame | 'as native' | null {
  // The table pairs each type with its own translation; the compiler cannot follow that through the lookup.
  return (translations[event.type] as Translation<typeof event.type>)(event as never);
}
