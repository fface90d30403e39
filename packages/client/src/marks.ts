import type { ClientFrame, Id } from '@dialect/protocol';
import type { Timers } from './timers.js';

/** Marks leave at most once in this time: they are watermarks, so the last one says it all. */
const flush_ms = 1_000;
/** Chats in one frame. */
const batch = 200;

export interface Marks {
  read(chat_id: Id, seq: number): void;
  delivered(chat_id: Id, seq: number): void;
  resume(): void;
  clear(): void;
}

export interface MarksHooks {
  isOnline(): boolean;
  /** Rejects when it is not known whether the mark arrived. */
  askRead(chat_id: Id, seq: number): Promise<unknown>;
  send(frame: ClientFrame): boolean;
}

/** What was read and received here, on its way to the server. */
export function createMarks(timers: Timers, hooks: MarksHooks): Marks {
  const reads = new Map<Id, number>();
  const received = new Map<Id, number>();
  /** Sent lately without an answer to wait for: a connection that breaks may have lost them. */
  let unsure = new Map<Id, number>();
  let flushed_at = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;

  function schedule(): void {
    if (cancel || !hooks.isOnline()) return;
    // At once when there was none lately, but after the frames that have come in the same moment.
    cancel = timers.after(Math.max(0, flushed_at + flush_ms - performance.now()), () => {
      cancel = null;
      flush();
    });
  }

  function flush(): void {
    if (!hooks.isOnline()) return;
    flushed_at = performance.now();
    for (const [chat_id, seq] of take(reads)) {
      hooks.askRead(chat_id, seq).catch((error: { retryable?: boolean }) => {
        if (error.retryable) raise(reads, chat_id, seq);
        schedule();
      });
    }
    const marks = take(received);
    unsure = new Map(marks);
    if (marks.length > 0) hooks.send({ type: 'recv', marks });
    if (reads.size + received.size > 0) schedule();
  }

  return {
    read(chat_id, seq) {
      raise(reads, chat_id, seq);
      schedule();
    },
    delivered(chat_id, seq) {
      raise(received, chat_id, seq);
      schedule();
    },
    resume() {
      cancel?.();
      cancel = null;
      for (const [chat_id, seq] of unsure) raise(received, chat_id, seq);
      if (reads.size + received.size > 0) schedule();
    },
    clear() {
      reads.clear();
      received.clear();
      unsure.clear();
    },
  };
}

function raise(marks: Map<Id, number>, chat_id: Id, seq: number): void {
  marks.set(chat_id, Math.max(seq, marks.get(chat_id) ?? 0));
}

function take(marks: Map<Id, number>): [Id, number][] {
  const taken = [...marks].slice(0, batch);
  for (const [chat_id] of taken) marks.delete(chat_id);
  return taken;
}
