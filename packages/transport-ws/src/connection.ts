import type { Caller, Event, Identified, MessengerError } from '@dialect/core';
import { closeCodes, type ErrorFrame, type Ref, type ServerFrame } from '@dialect/protocol';
import type { WebSocket } from 'ws';
import { encode, type Mode } from './encode.js';
import type { Outflow } from './outflow.js';
import type { TypingRepeats } from './typing-repeats.js';

/** One live socket. Thousands idle at a time, so it holds little, and its listeners are shared functions. */
export class Connection {
  caller: Caller | null = null;
  /** Milliseconds since 1970; null when the identity does not expire. */
  expires_at: number | null = null;
  was_warned = false;
  /** The chats whose events it receives. An array, because an idle set of one would be the largest thing here. */
  chats: number[] = [];
  /** Chats the user left while the connection was still reading which ones there are; null at all other times. */
  dismissed: Set<number> | null = null;
  /** Made with the first typing: most connections never need it. */
  typing: TypingRepeats | null = null;
  /** Events that arrived during the catch-up, for after it; null at all other times. */
  held: Buffer[] | null = null;
  held_bytes = 0;
  /** The server is stopping: no further command is read. */
  is_draining = false;
  /** Commands whose answers are still to come. */
  in_flight = 0;
  is_closed = false;
  /** A close frame has been sent: whatever the other side still does or does not do, nothing goes in or out. */
  is_closing = false;
  /** Set by the upgrade: a plain connection exists before it, to miss nothing while its chats are read. */
  ws!: WebSocket;
  readonly opened_at = performance.now();
  last_input_at = this.opened_at;

  constructor(
    readonly outflow: Outflow,
    readonly mode: Mode,
  ) {}

  get user_id(): number {
    return this.caller?.user_id ?? 0;
  }

  adopt({ caller, expires_at }: Identified): void {
    this.caller = caller;
    this.expires_at = expires_at;
    this.was_warned = false;
  }

  send(frame: ServerFrame): void {
    if (!this.is_closing) this.outflow.send(encode(frame));
  }

  /** After `outflow.room`. */
  sendPage(frame: ServerFrame): void {
    this.sendEncodedPage(encode(frame));
  }

  sendEncodedPage(frame: Buffer): void {
    if (!this.is_closing) this.outflow.sendPage(frame);
  }

  ok(ref: Ref | undefined, result: unknown): void {
    if (ref !== undefined) this.send({ type: 'ok', ref, result });
  }

  error(ref: Ref | undefined, error: MessengerError): void {
    const { code, message, field, retryable, retry_after_ms, correlation_id } = error;
    const frame: ErrorFrame = {
      type: 'error',
      ...(ref !== undefined && { ref }),
      code,
      message,
      error: message,
      ...(field !== undefined && { field }),
      retryable,
      ...(retry_after_ms !== undefined && { retry_after_ms }),
      ...(correlation_id !== undefined && { correlation_id }),
    };
    this.send(frame);
  }

  /** An event for this connection, already encoded. */
  deliver(event: Event, frame: Buffer): void {
    if (this.is_closing) return;
    const is_durable = 'rev' in event;
    if (this.held) {
      if (is_durable || event.type !== 'typing') this.#hold(frame);
    } else if (is_durable) {
      this.outflow.send(frame);
    } else if (event.type === 'typing') {
      if (event.user_id !== this.user_id) this.outflow.sendEphemeral(frame);
    } else if ('only_for' in event) {
      this.outflow.send(frame);
    } else if (this.mode === 'native' || event.user_id !== this.user_id) {
      // The seeds' clients take every receipt for one of somebody else, and would show their own messages as read.
      const chat_id = 'chat_id' in event ? event.chat_id : 0;
      this.outflow.sendMark(`${event.type}:${chat_id}:${event.user_id}`, frame);
    }
  }

  /** The catch-up is complete: what happened meanwhile follows it. */
  release(): void {
    const held = this.held ?? [];
    this.held = null;
    this.held_bytes = 0;
    for (const frame of held) this.outflow.send(frame);
  }

  /** Sends what waits, then closes. */
  close(code: keyof typeof closeCodes): void {
    this.outflow.flush();
    this.is_closing = true;
    this.ws.close(closeCodes[code]);
  }

  #hold(frame: Buffer): void {
    this.held?.push(frame);
    this.held_bytes += frame.length;
    if (this.held_bytes > this.outflow.limits.buffered_bytes) this.outflow.terminate();
  }
}
