import { memberSchema, messageSchema } from '@dialect/core';
import { type ErrorCode, errorTable, type ServerFrame } from '@dialect/protocol';
import { z } from 'zod';
import { type Frames, id, optionalRef, outputOf, ref, seq, time, typed } from './frame.js';

const mark = { chat_id: id, user_id: id, seq, message_id: id, last_read_id: id, is_implied: z.boolean() };
const change = { chat_id: id, rev: seq, message: messageSchema, by: id };
/** Told to one's own connections only. */
const own = { chat_id: id, only_for: id };
const codes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** What the server sends to a native client. A new frame of the protocol is one entry here. */
export const serverFrames = {
  welcome: {
    summary: 'The answer to `hello`. `ping_ms`: the silence after which the client pings.',
    schema: typed('welcome', {
      connection_id: z.string(),
      user_id: id,
      epoch: z.string(),
      server_time: time,
      ping_ms: z.int(),
      token_expires_at: time.nullable(),
    }),
  },
  changes: {
    summary: 'What changed in a chat between two revisions, as state: in the catch-up, and as the answer to `sync`.',
    schema: z.intersection(typed('changes', { ref: optionalRef }), outputOf('sync.changes')),
  },
  ready: { summary: 'The catch-up is complete: from here on events only.', schema: typed('ready', {}) },
  ok: {
    summary: 'The answer to the frame with this `ref`.',
    schema: typed('ok', { ref, result: z.unknown() }),
    example: {
      type: 'ok',
      ref: 1,
      result: { id: 42, chat_id: 7, seq: 10, rev: 13, sent_at: '2026-01-01T12:00:00.000Z', duplicate: false },
    },
  },
  error: {
    summary: 'A frame was refused; the connection stays open. Programs read `code`.',
    schema: typed('error', {
      ref: optionalRef,
      code: z.enum(codes),
      message: z.string(),
      error: z.string(),
      field: z.exactOptional(z.string()),
      retryable: z.boolean(),
      retry_after_ms: z.exactOptional(z.int()),
      correlation_id: z.exactOptional(z.string()),
    }),
    example: {
      type: 'error',
      ref: 1,
      code: 'NOT_A_MEMBER',
      message: errorTable.NOT_A_MEMBER.message,
      error: errorTable.NOT_A_MEMBER.message,
      retryable: false,
    },
  },
  new_message: {
    summary: 'A message, to every member of its chat, the sender too.',
    schema: messageSchema.extend({ type: z.literal('new_message') }),
  },
  message_edited: { summary: 'A message was written anew.', schema: typed('message_edited', change) },
  message_deleted: { summary: 'A message is gone for everyone.', schema: typed('message_deleted', change) },
  message_pinned: { summary: 'A message was pinned, or unpinned.', schema: typed('message_pinned', change) },
  message_reacted: { summary: 'A reaction came or went.', schema: typed('message_reacted', change) },
  message_hidden: {
    summary: 'I have deleted a message for myself.',
    schema: typed('message_hidden', { ...own, message_id: id, seq }),
  },
  chat_updated: {
    summary: 'The chat has another name or picture.',
    schema: typed('chat_updated', {
      chat_id: id,
      rev: seq,
      chat_name: z.string().nullable(),
      avatar_url: z.string().nullable(),
      by: id,
    }),
  },
  chat_history_cleared: {
    summary: 'Everything up to `seq` is gone: for everyone, or for me.',
    schema: z.union([
      typed('chat_history_cleared', { chat_id: id, rev: seq, for_everyone: z.literal(true), seq, by: id }),
      typed('chat_history_cleared', { ...own, for_everyone: z.literal(false), seq }),
    ]),
  },
  chat_deleted: {
    summary: 'The chat is gone: for everyone, or for me. A private one is back with the next message.',
    schema: z.union([
      typed('chat_deleted', {
        chat_id: id,
        rev: seq,
        chat_type: z.enum(['private', 'group']),
        for_everyone: z.literal(true),
        by: id,
      }),
      typed('chat_deleted', { ...own, for_everyone: z.literal(false) }),
    ]),
  },
  chat_muted: {
    summary: 'I want no notifications until then.',
    schema: typed('chat_muted', { ...own, muted_until: time.nullable() }),
  },
  chat_created: {
    summary: 'The user is in a new chat.',
    schema: typed('chat_created', { chat_id: id, rev: seq, member_ids: z.array(id) }),
    example: { type: 'chat_created', chat_id: 7, rev: 1, member_ids: [3, 4] },
  },
  member_changed: {
    summary: 'Somebody joined, has another nickname, or left: then `member.left_at` is set. `by` did it.',
    schema: typed('member_changed', { chat_id: id, rev: seq, member: memberSchema, by: id }),
  },
  message_read: { summary: 'Everything up to `seq` is read by the user.', schema: typed('message_read', mark) },
  message_delivered: {
    summary: 'Everything up to `seq` has reached a device of the user.',
    schema: typed('message_delivered', mark),
  },
  typing: {
    summary: 'Somebody is typing, or has stopped.',
    schema: typed('typing', { chat_id: id, user_id: id, is_typing: z.boolean() }),
  },
  user_status: {
    summary: 'Somebody with whom I share a private chat came, or went.',
    schema: typed('user_status', {
      user_id: id,
      is_online: z.boolean(),
      status: z.enum(['online', 'offline']),
      last_seen_at: time.nullable(),
    }),
  },
  pong: { summary: 'The answer to `ping`.', schema: typed('pong', {}) },
  auth_expiring: { summary: 'Renew the token by `auth`.', schema: typed('auth_expiring', { expires_at: time }) },
  reset: {
    summary: 'What the client knows of this chat, or with null of everything, is void.',
    schema: typed('reset', { chat_id: id.nullable(), reason: z.enum(['epoch_changed', 'unknown_chat']) }),
  },
  bye: {
    summary: 'The server is about to close; wait `after_ms` before coming back.',
    schema: typed('bye', { code: z.int(), reconnect: z.boolean(), after_ms: z.int().min(0) }),
    example: { type: 'bye', code: 1012, reconnect: true, after_ms: 1800 },
  },
} satisfies Frames<ServerFrame>;
