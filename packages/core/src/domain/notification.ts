import type { ChatType } from '@dialect/protocol';
import type { MessageRow } from '../ports/messages.js';
import { displayName } from './names.js';

/** Characters of a message in a notification: more is not shown anywhere, and a push service takes 4 KB in all. */
const body_length = 200;

const labels: Record<Exclude<MessageRow['message_type'], 'text'>, string> = {
  image: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  file: 'File',
  sticker: 'Sticker',
  location: 'Location',
  contact: 'Contact',
  system: 'News of the chat',
};

export interface NotificationText {
  title: string;
  body: string | null;
}

/** What a notification says when nothing of the message may leave the server. */
export const contentFree: NotificationText = { title: 'New message', body: null };

export function notificationText(
  message: Pick<MessageRow, 'message_type' | 'content'>,
  sender: { first_name: string; last_name: string | null },
  chat: { chat_type: ChatType; chat_name: string | null },
): NotificationText {
  const { message_type, content } = message;
  const name = displayName(sender);
  return {
    title: chat.chat_type === 'private' || !chat.chat_name ? name : `${name} · ${chat.chat_name}`,
    // The content of any other type is an address or data, and nothing to read.
    body: message_type === 'text' ? clip(content) : labels[message_type],
  };
}

function clip(text: string): string {
  // Cut coarsely first, so that a long message is not spread into characters as a whole.
  const characters = [...text.slice(0, body_length * 2 + 2)];
  return characters.length <= body_length ? text : `${characters.slice(0, body_length - 1).join('')}…`;
}
