import { z } from 'zod';
import { clientFrames } from './client-frames.js';
import { type Frame, id, inputOf, optionalRef, seq, typed } from './frame.js';
import { serverFrames } from './server-frames.js';

/** What plain clients send: words of their own besides some of the native ones. A new frame is one entry here. */
export const plainClientFrames = {
  new_message: {
    summary: 'Sends a message, as does a frame without `type`. With `ref` it is answered by `ok`.',
    schema: z.intersection(
      z.object({ type: z.literal('new_message').optional(), ref: optionalRef }),
      inputOf('messages.send'),
    ),
    example: { type: 'new_message', chat_id: 7, content: 'Hello world!', message_type: 'text' },
  },
  send: clientFrames.send,
  read: clientFrames.read,
  message_read: {
    summary: 'The same as `read`.',
    schema: typed('message_read', { ref: optionalRef, chat_id: id, message_id: z.exactOptional(id) }),
  },
  edit: clientFrames.edit,
  delete: clientFrames.delete,
  pin: clientFrames.pin,
  typing: clientFrames.typing,
  ping: clientFrames.ping,
} satisfies Readonly<Record<string, Frame<never> | Frame<unknown>>>;

const {
  new_message,
  message_read,
  message_delivered,
  chat_history_cleared,
  chat_deleted,
  user_status,
  ok,
  error,
  pong,
  bye,
} = serverFrames;

const change = { chat_id: id, message_id: id };

/** What they are sent. */
export const plainServerFrames = {
  new_message,
  message_read,
  message_delivered,
  message_edited: {
    summary: 'A message was written anew.',
    schema: typed('message_edited', { ...change, new_content: z.string(), rev: seq }),
  },
  message_deleted: {
    summary: 'A message is gone; without `rev` for me alone.',
    schema: typed('message_deleted', { ...change, rev: z.exactOptional(seq) }),
  },
  message_pinned: {
    summary: 'A message was pinned, or unpinned.',
    schema: typed('message_pinned', { ...change, is_pinned: z.boolean(), rev: seq }),
  },
  chat_history_cleared,
  chat_deleted,
  user_status,
  typing_indicator: {
    summary: 'Somebody is typing, or has stopped.',
    schema: typed('typing_indicator', { chat_id: id, user_id: id, is_typing: z.boolean() }),
  },
  ok,
  error,
  pong,
  bye,
};
