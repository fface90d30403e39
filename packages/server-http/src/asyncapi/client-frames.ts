import { type ClientFrame, type MethodName, routes } from '@dialect/protocol';
import { z } from 'zod';
import { type Frames, id, inputOf, optionalRef, ref, seq, typed } from './frame.js';

const methods = Object.keys(routes) as [MethodName, ...MethodName[]];
const heads = z.record(z.string(), seq);

/** What a native client sends. A new frame of the protocol is one entry here. */
export const clientFrames = {
  hello: {
    summary: 'The first frame, within 10 seconds. `heads`: the revision up to which the client knows each chat.',
    schema: typed('hello', {
      v: z.literal(1),
      token: z.exactOptional(z.string()),
      epoch: z.exactOptional(z.string()),
      heads: z.exactOptional(heads),
      more_heads: z.exactOptional(z.boolean()),
    }),
    example: { type: 'hello', v: 1, token: 'eyJhbGciOiJIUzI1NiJ9.…', heads: { '7': 9, '8': 120 } },
  },
  heads: {
    summary: 'More heads than fit one frame; the last has no `more`.',
    schema: typed('heads', { heads, more: z.exactOptional(z.boolean()) }),
    example: { type: 'heads', heads: { '9': 4 } },
  },
  send: {
    summary: 'Sends a message. `ok` comes when it is on disk.',
    schema: z.intersection(typed('send', { ref: optionalRef }), inputOf('messages.send')),
    example: { type: 'send', ref: 1, client_id: 'c-81', chat_id: 7, content: 'Hello world!' },
  },
  rpc: {
    summary: 'Any method of the HTTP API that takes no file, by its operationId. `ok` brings the result.',
    schema: typed('rpc', { ref, method: z.enum(methods), params: z.unknown().optional() }),
    example: { type: 'rpc', ref: 2, method: 'chats.get', params: { chat_id: 7 } },
  },
  edit: {
    summary: "Writes one's own message anew. `ok` comes after the commit.",
    schema: z.intersection(typed('edit', { ref: optionalRef }), inputOf('messages.edit')),
    example: { type: 'edit', ref: 7, message_id: 42, content: 'Hello, world!' },
  },
  delete: {
    summary: 'Deletes a message, for everyone or, with `for_everyone: false`, for oneself.',
    schema: z.intersection(typed('delete', { ref: optionalRef }), inputOf('messages.delete')),
    example: { type: 'delete', ref: 8, message_id: 42 },
  },
  pin: {
    summary: 'Pins a message, or unpins it.',
    schema: z.intersection(typed('pin', { ref: optionalRef }), inputOf('messages.pin')),
    example: { type: 'pin', ref: 9, message_id: 42, is_pinned: true },
  },
  read: {
    summary: 'Everything up to the message is read, by its id or its number. `ok` comes after the commit.',
    schema: typed('read', {
      ref: optionalRef,
      chat_id: id,
      message_id: z.exactOptional(id),
      seq: z.exactOptional(seq),
    }),
    example: { type: 'read', ref: 3, chat_id: 7, seq: 10 },
  },
  recv: {
    summary: 'Everything up to these messages has reached the device: `[chat_id, seq]`, at most 1,000 pairs.',
    schema: typed('recv', { marks: z.array(z.tuple([id, seq])).max(1_000) }),
    example: { type: 'recv', marks: [[7, 10]] },
  },
  typing: {
    summary: 'Tells the others; to be repeated every few seconds, since it expires by itself.',
    schema: typed('typing', { chat_id: id, is_typing: z.boolean() }),
  },
  sync: {
    summary: 'Asks for what changed in a chat since a revision. `changes` is the answer.',
    schema: z.intersection(typed('sync', { ref: optionalRef }), inputOf('sync.changes')),
    example: { type: 'sync', ref: 4, chat_id: 7, since: 9 },
  },
  history: {
    summary: 'A page of older or newer messages. `ok` brings them.',
    schema: z.intersection(typed('history', { ref }), inputOf('messages.history')),
    example: { type: 'history', ref: 5, chat_id: 7, limit: 50, before_seq: 120 },
  },
  auth: {
    summary: 'A fresh token for the live connection, of the same user.',
    schema: typed('auth', { ref: optionalRef, token: z.string() }),
    example: { type: 'auth', ref: 6, token: 'eyJhbGciOiJIUzI1NiJ9.…' },
  },
  ping: { summary: 'After `ping_ms` of silence. `pong` is the answer.', schema: typed('ping', {}) },
} satisfies Frames<ClientFrame>;
