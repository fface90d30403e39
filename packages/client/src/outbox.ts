import type { Id, Input, Message } from '@dialect/protocol';
import { type Backoff, delayOf } from './backoff.js';
import { DialectError, isDialectError } from './errors.js';
import type { Timers } from './timers.js';

export type SendInput = Input<'messages.send'> & { client_id: string };
export type SendResult = Pick<Message, 'id' | 'chat_id' | 'seq' | 'rev' | 'sent_at'> & { duplicate: boolean };

/** One message on its way: an operation and not bytes, so it outlives any connection. */
export interface Operation {
  readonly input: SendInput;
  readonly created_at: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  error: DialectError | null;
  /** Set once the server has confirmed it. */
  message: Message | null;
  /** It has been on a socket: the server may have it, whatever we heard. */
  wasTransmitted: boolean;
  failures: number;
  promise: Promise<Message>;
  resolve(message: Message): void;
  reject(error: DialectError): void;
}

export interface OutboxHooks {
  transmit(input: SendInput): Promise<SendResult>;
  isOnline(): boolean;
  me(): Id | null;
  changed(chat_id: Id): void;
}

/**
 * Messages that the server has not confirmed. One per chat is under way at a time: were the next one sent before the
 * answer, a refusal that asks to be retried (too fast, busy) would let it overtake. Chats do not wait for each other.
 */
export interface Outbox {
  add(input: SendInput): Operation;
  /** In the order of sending; a confirmed one stays until its row has come by event or catch-up. */
  of(chat_id: Id): readonly Operation[];
  all(): readonly Operation[];
  /** The row of a message of mine: settles the operation that made it, also when its answer was lost. */
  settle(row: Message): void;
  retry(operation: Operation): void;
  cancel(operation: Operation): boolean;
  /** Sends what is waiting; called once the catch-up is complete, so that what did arrive is not sent again. */
  resume(): void;
  /** Drops the confirmed operations of a chat that was left or reset, whose rows will not come. */
  forget(chat_id: Id): void;
  /** Takes everything back: somebody else signs in. */
  clear(): void;
}

export function createOutbox(timers: Timers, backoff: Backoff, hooks: OutboxHooks): Outbox {
  const lanes = new Map<Id, Operation[]>();
  /** Chats that were told to wait. */
  const pauses = new Map<Id, () => void>();

  const laneOf = (chat_id: Id): Operation[] => lanes.get(chat_id) ?? [];

  function pump(chat_id: Id): void {
    if (pauses.has(chat_id) || !hooks.isOnline()) return;
    const first = laneOf(chat_id).find(({ state }) => state === 'queued' || state === 'sending');
    if (first?.state === 'queued') void transmit(first);
  }

  async function transmit(operation: Operation): Promise<void> {
    const { input } = operation;
    operation.wasTransmitted = true;
    move(operation, 'sending');
    try {
      const result = await hooks.transmit(input);
      // Its row may have come first.
      if (isOpen(operation)) confirm(operation, { ...draftOf(input, hooks.me()), ...rowOf(result), status: 'sent' });
    } catch (error) {
      if (isOpen(operation) && isDialectError(error)) refuse(operation, error);
    }
    pump(input.chat_id);
  }

  function refuse(operation: Operation, error: DialectError): void {
    const { chat_id } = operation.input;
    // Without a token the message is no worse: the connection is about to get one, or to say `signed_out`.
    if (!error.retryable && error.code !== 'UNAUTHORIZED') {
      operation.error = error;
      operation.reject(error);
      move(operation, 'failed');
      return;
    }
    if (hooks.isOnline()) {
      const wait = error.retry_after_ms ?? delayOf(operation.failures++, backoff);
      pauses.set(
        chat_id,
        timers.after(wait, () => {
          pauses.delete(chat_id);
          pump(chat_id);
        }),
      );
    }
    move(operation, 'queued');
  }

  function confirm(operation: Operation, message: Message): void {
    operation.message = message;
    operation.resolve(message);
    move(operation, 'sent');
  }

  function move(operation: Operation, state: Operation['state']): void {
    operation.state = state;
    hooks.changed(operation.input.chat_id);
  }

  function isOpen(operation: Operation): boolean {
    return operation.state === 'sending' && laneOf(operation.input.chat_id).includes(operation);
  }

  function remove(operation: Operation): void {
    const { chat_id } = operation.input;
    const rest = laneOf(chat_id).filter((each) => each !== operation);
    if (rest.length > 0) lanes.set(chat_id, rest);
    else lanes.delete(chat_id);
    hooks.changed(chat_id);
  }

  function enqueue(operation: Operation): void {
    const { chat_id } = operation.input;
    lanes.set(chat_id, [...laneOf(chat_id).filter((each) => each !== operation), operation]);
    move(operation, 'queued');
    pump(chat_id);
  }

  function takeBack(operation: Operation): void {
    operation.error = new DialectError('CANCELLED', 'Taken back before it was sent.');
    operation.reject(operation.error);
    operation.state = 'failed';
    remove(operation);
  }

  return {
    add(input) {
      // The same operation given twice, as after a reload: one message.
      const known = laneOf(input.chat_id).find((each) => each.input.client_id === input.client_id);
      if (known) return known;
      const operation = createOperation(input);
      enqueue(operation);
      return operation;
    },
    of: laneOf,
    all: () => [...lanes.values()].flat(),
    settle(row) {
      const operation = laneOf(row.chat_id).find(({ input }) => input.client_id === row.client_id);
      if (!operation) return;
      if (operation.message === null) confirm(operation, row);
      operation.message = row;
      remove(operation);
      pump(row.chat_id);
    },
    retry(operation) {
      if (operation.state !== 'failed') return;
      operation.error = null;
      operation.failures = 0;
      renewPromise(operation);
      // At the end: what was sent after the refusal may have arrived already.
      enqueue(operation);
    },
    cancel(operation) {
      const { state, wasTransmitted, input } = operation;
      if (!laneOf(input.chat_id).includes(operation)) return false;
      if (state !== 'failed' && (state !== 'queued' || wasTransmitted)) return false;
      takeBack(operation);
      pump(input.chat_id);
      return true;
    },
    resume() {
      for (const cancel of pauses.values()) cancel();
      pauses.clear();
      for (const chat_id of [...lanes.keys()]) pump(chat_id);
    },
    forget(chat_id) {
      for (const operation of laneOf(chat_id)) if (operation.state === 'sent') remove(operation);
    },
    clear() {
      for (const cancel of pauses.values()) cancel();
      pauses.clear();
      for (const operation of [...lanes.values()].flat()) takeBack(operation);
    },
  };
}

function createOperation(input: SendInput): Operation {
  const operation = {
    input,
    created_at: new Date().toISOString(),
    state: 'queued',
    error: null,
    message: null,
    wasTransmitted: false,
    failures: 0,
  } as unknown as Operation;
  renewPromise(operation);
  return operation;
}

function renewPromise(operation: Operation): void {
  operation.promise = new Promise((resolve, reject) => {
    operation.resolve = resolve;
    operation.reject = reject;
  });
  // Whoever does not look at the promise sees the failure in the list.
  operation.promise.catch(() => {});
}

/** The answer to a send does not repeat what we said. */
function rowOf({ id, seq, rev, sent_at }: SendResult) {
  return { id, seq, rev, sent_at };
}

/** What the sender knows of a message before the server has seen it. */
export function draftOf(input: SendInput, sender_id: Id | null) {
  return {
    chat_id: input.chat_id,
    sender_id,
    client_id: input.client_id,
    content: input.content,
    message_type: input.message_type ?? 'text',
    reply_to_id: input.reply_to_id ?? null,
    is_pinned: false,
    is_edited: false,
    edited_at: null,
    is_deleted: false,
    ...(input.media && { media: input.media }),
  };
}
