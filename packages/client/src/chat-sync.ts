import { type Changes, type Id, type Message, protocolLimits } from '@dialect/protocol';
import { type Arrivals, ChatData, type DurableEvent } from './chat-data.js';
import { isDialectError } from './errors.js';
import type { Timers } from './timers.js';

/** Milliseconds to wait for a missing event before asking for it: events of one chat may overtake each other a little. */
const gap_ms = 300;
const retry_ms = 2_000;
/** Events kept while some are missing. Beyond, the changes that are asked for bring them anyway. */
const held_max = 1_000;

export interface ChatSyncHooks {
  /** Asks for what changed since a revision. The answer has been given to `changes` before the promise resolves. */
  ask(since: number): Promise<Changes>;
  isOnline(): boolean;
  me(): Id | null;
  /** A row that has just been applied. */
  saw(row: Message): void;
  /** State has moved. `events` are those that are now known of, in order. */
  moved(data: ChatData, arrivals: Arrivals, events: readonly DurableEvent[]): void;
  /** The chat is no longer mine; it has been forgotten. */
  gone(data: ChatData, wasKnown: boolean): void;
}

/** Keeps one chat in step with the server: nothing missed, nothing twice, whatever order it comes in. */
export interface ChatSync {
  readonly data: ChatData;
  /** Somebody waits for this chat, or there is news of it. */
  readonly isWanted: boolean;
  event(event: DurableEvent): void;
  changes(changes: Changes): void;
  /** Brings the chat up to date; several callers share one question. Rejects when it could not be done. */
  request(): Promise<void>;
  /** Somebody wants this chat: when nothing is known of it, ask as soon as there is a connection. */
  want(): void;
  ready(): void;
  /** The connection is gone. The catch-up of the next one covers what is held, and tells of it. */
  down(): void;
  forget(): void;
  /** I am no longer in the chat. */
  leave(): void;
}

export function createChatSync(id: Id, timers: Timers, hooks: ChatSyncHooks): ChatSync {
  const data = new ChatData(id, hooks.me);
  const held = new Map<number, DurableEvent>();
  let cancelGap: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let isWanted = false;
  /** The highest revision that the server has spoken of in changes. */
  let target = 0;

  function event(incoming: DurableEvent): void {
    if (incoming.rev <= data.head) return;
    if (held.size < held_max) held.set(incoming.rev, incoming);
    isWanted = true;
    if (data.head > 0 && held.has(data.head + 1)) drain([], []);
    if (held.size > 0) askLater(data.head > 0 ? gap_ms : 0);
  }

  /** Applies what fits now. `known` are events whose effect came with rows. */
  function drain(arrivals: Arrivals, known: DurableEvent[]): void {
    const messages = [...arrivals];
    let next = held.get(data.head + 1);
    while (next) {
      held.delete(next.rev);
      if (data.isEndedBy(next)) {
        hooks.moved(data, messages, known);
        leave(next.rev);
        return;
      }
      data.head = next.rev;
      messages.push(...data.applyEvent(next));
      if (next.type === 'message_created') hooks.saw(next.message);
      known.push(next);
      next = held.get(data.head + 1);
    }
    if (held.size === 0) stopWaiting();
    hooks.moved(data, messages, known);
  }

  function changes(incoming: Changes): void {
    const mine = incoming.members.find(({ user_id }) => user_id === hooks.me());
    target = Math.max(target, incoming.to);
    if (mine && data.isMyDeparture(mine)) leave(mine.rev);
    else if (incoming.from > data.head) {
      isWanted = true;
      askLater(0);
    } else if (!incoming.snapshot || (incoming.to > data.head && !isTooLittle(incoming))) take(incoming);
    // Else an answer that was overtaken: its newest page is older than what is here.
  }

  /** The catch-up brings only the last message of a chat that is new to us; who waits for it is about to show more. */
  function isTooLittle({ chat, messages }: Changes): boolean {
    const full = Math.min(chat?.last_seq ?? 0, protocolLimits.snapshot_messages);
    return isWanted && data.head === 0 && !hooks.isOnline() && messages.length < full;
  }

  function take(incoming: Changes): void {
    const isFirst = data.head === 0;
    const arrivals = [...data.applyChanges(incoming)];
    incoming.messages.forEach(hooks.saw);
    const covered = [...held.values()].filter(({ rev }) => rev <= data.head).sort((a, b) => a.rev - b.rev);
    for (const { rev } of covered) held.delete(rev);
    // The first snapshot is history, except for the messages that made us ask for it.
    if (isFirst) for (const each of covered) if (each.type === 'message_created') arrivals.push(each.message);
    drain(arrivals, covered);
  }

  function askLater(ms: number): void {
    if (running || cancelGap || !hooks.isOnline()) return;
    cancelGap = timers.after(ms, () => {
      cancelGap = null;
      // Whoever needs to know asks by `request`; here the next event or connection tries again.
      request().catch(() => {});
    });
  }

  function stopWaiting(): void {
    cancelGap?.();
    cancelGap = null;
  }

  function request(): Promise<void> {
    stopWaiting();
    isWanted = true;
    running ??= catchUp().finally(() => {
      running = null;
      if (held.size > 0 || target > data.head) askLater(gap_ms);
    });
    return running;
  }

  async function catchUp(): Promise<void> {
    let known = 0;
    try {
      for (;;) {
        known = held.size;
        const since = data.head;
        const { more, to } = await hooks.ask(since);
        // `head` stays behind when the chat was reset meanwhile. No progress at all would be an endless loop.
        if (!isWanted || (!more && data.head >= Math.max(to, target))) return;
        if (data.head === since) return;
      }
    } catch (error) {
      if (!isDialectError(error)) throw error;
      if (error.code === 'NOT_A_MEMBER') {
        // Unless events came after the question: then I may have been added since, and it is asked again.
        if (held.size === known) leave();
      } else if (!error.retryable) held.clear();
      else if (hooks.isOnline()) cancelGap ??= timers.after(error.retry_after_ms ?? retry_ms, again);
      throw error;
    }
  }

  function again(): void {
    cancelGap = null;
    if (hooks.isOnline()) request().catch(() => {});
  }

  function forget(): void {
    stopWaiting();
    held.clear();
    target = 0;
    data.forget();
  }

  /** I left at that revision. What is held from after it says that I am back. */
  function leave(rev = Number.POSITIVE_INFINITY): void {
    const wasKnown = data.chat !== null;
    const newer = [...held].filter(([each]) => each > rev);
    forget();
    for (const [each, event] of newer) held.set(each, event);
    isWanted = held.size > 0;
    hooks.gone(data, wasKnown);
    if (isWanted) askLater(0);
  }

  return {
    data,
    get isWanted() {
      return isWanted;
    },
    event,
    changes,
    request,
    want() {
      isWanted = true;
      if (data.head === 0) askLater(0);
    },
    ready() {
      if ((isWanted && data.head === 0) || target > data.head) askLater(0);
    },
    down() {
      stopWaiting();
      target = data.head;
    },
    forget,
    leave: () => leave(),
  };
}
