import type { Api, MethodName } from './api.js';
import type { ErrorCode } from './errors.js';
import type { Event } from './events.js';
import type { Changes, Id, Message, Timestamp } from './wire.js';

/** Answers carry the `ref` of their question: unique per connection, chosen by the client. */
export type Ref = string | number;

/** What a native client sends. Unknown fields are ignored, an unknown `type` is answered with UNKNOWN_TYPE. */
export type ClientFrame =
  /** The first frame, within 10 seconds. `heads`: the revision up to which the client knows each chat. */
  | { type: 'hello'; v: 1; token?: string; epoch?: string; heads?: Record<string, number>; more_heads?: boolean }
  /** More heads than fit one frame; the last has no `more`. */
  | { type: 'heads'; heads: Record<string, number>; more?: boolean }
  | ({ type: 'send'; ref?: Ref } & Api['messages.send']['input'])
  | { type: 'rpc'; ref: Ref; method: MethodName; params?: unknown }
  | ({ type: 'edit'; ref?: Ref } & Api['messages.edit']['input'])
  | ({ type: 'delete'; ref?: Ref } & Api['messages.delete']['input'])
  | ({ type: 'pin'; ref?: Ref } & Api['messages.pin']['input'])
  | { type: 'read'; ref?: Ref; chat_id: Id; message_id?: Id; seq?: number }
  /** Delivered marks, several chats at once: `[chat_id, seq]`. */
  | { type: 'recv'; marks: [Id, number][] }
  | { type: 'typing'; chat_id: Id; is_typing: boolean }
  | ({ type: 'sync'; ref?: Ref } & Api['sync.changes']['input'])
  | ({ type: 'history'; ref: Ref } & Api['messages.history']['input'])
  | { type: 'auth'; ref?: Ref; token: string }
  | { type: 'ping' };

/** An event without what only the server knows of it. */
type Shown<E> = E extends unknown ? Omit<E, 'hidden_from' | 'to'> : never;

/** What the server sends to a native client. Unknown types are to be ignored. */
export type ServerFrame =
  | {
      type: 'welcome';
      connection_id: string;
      user_id: Id;
      epoch: string;
      server_time: Timestamp;
      /** Silence after which the client sends a `ping`. */
      ping_ms: number;
      token_expires_at: Timestamp | null;
    }
  | ({ type: 'changes'; ref?: Ref } & Changes)
  /** Catch-up is complete: from here on events only. */
  | { type: 'ready' }
  | { type: 'ok'; ref: Ref; result: unknown }
  | ErrorFrame
  | ({ type: 'new_message' } & Message)
  /** Every other event travels as it is, but for whom it is not meant for. */
  | Shown<Exclude<Event, { type: 'message_created' }>>
  | { type: 'pong' }
  | { type: 'auth_expiring'; expires_at: Timestamp }
  /** What the client knows of this chat (or, with null, of everything) is void: forget it and take what comes next. */
  | { type: 'reset'; chat_id: Id | null; reason: 'epoch_changed' | 'unknown_chat' }
  /** The server is about to close; wait `after_ms` before coming back. */
  | { type: 'bye'; code: number; reconnect: boolean; after_ms: number };

export interface ErrorFrame {
  type: 'error';
  ref?: Ref;
  code: ErrorCode;
  /** The text, also as `error`: the name that the seeds' clients read. */
  message: string;
  error: string;
  field?: string;
  retryable: boolean;
  retry_after_ms?: number;
  correlation_id?: string;
}
