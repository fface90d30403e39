import type { Socket } from 'node:net';

export interface OutflowLimits {
  /** Bytes that may wait for a socket that does not drain; above, it is terminated. @default 1 MiB */
  buffered_bytes: number;
  /** Bytes above which ephemeral frames are dropped and marks replaced by their successors. @default 64 KiB */
  congested_bytes: number;
  /** Time without any drain after which the socket is terminated. @default 10000 */
  stalled_ms: number;
}

export const defaultOutflowLimits: OutflowLimits = {
  buffered_bytes: 1024 * 1024,
  congested_bytes: 64 * 1024,
  stalled_ms: 10_000,
};

/** Frames below this are copied into one write; larger ones are written as they are. */
const copied_bytes = 64 * 1024;

let dirty: Outflow[] = [];

/** After the promises of this turn: what they wrote leaves in one system call per socket. */
function flushDirty(): void {
  const outflows = dirty;
  dirty = [];
  for (const outflow of outflows) outflow.flush();
}

/**
 * The way out to one socket, bounded. A reader that stops reading is terminated, not closed politely: a close frame
 * would wait behind the data, and the memory with it. It catches up when it comes back, so nothing is lost.
 */
export class Outflow {
  #queue: Buffer[] = [];
  #queued_bytes = 0;
  #marks: Map<string, Buffer> | null = null;
  #stalled_since = 0;
  /** Bytes of the answer under way: asked for, so they do not count as a backlog. */
  #granted_bytes = 0;

  constructor(
    readonly socket: Socket,
    readonly limits: OutflowLimits,
  ) {}

  get buffered_bytes(): number {
    return this.socket.writableLength + this.#queued_bytes;
  }

  /** An answer that may be large. Comes after `room`, one at a time: so one page is all that a reader can make wait. */
  sendPage(frame: Buffer): void {
    this.#granted_bytes += frame.length;
    this.send(frame);
  }

  /** Events with a `rev`, and small answers: never dropped. */
  send(frame: Buffer): void {
    if (this.socket.destroyed) return;
    if (this.buffered_bytes > this.limits.buffered_bytes + this.#granted_bytes) {
      this.terminate();
      return;
    }
    if (this.#queue.length === 0) {
      // A tick, and not a turn of the loop: it runs when the promises of the present turn have settled.
      if (dirty.length === 0) process.nextTick(flushDirty);
      dirty.push(this);
    }
    this.#queue.push(frame);
    this.#queued_bytes += frame.length;
  }

  /** A mark: while the reader is behind, a newer one of the same key takes its place. */
  sendMark(key: string, frame: Buffer): void {
    if (!this.#isCongested()) {
      this.send(frame);
      return;
    }
    this.#marks ??= new Map();
    this.#marks.set(key, frame);
  }

  /** Typing and the like: dropped while the reader is behind. */
  sendEphemeral(frame: Buffer): void {
    if (!this.#isCongested()) this.send(frame);
  }

  flush(): void {
    const queue = this.#queue;
    if (queue.length === 0) return;
    this.#queue = [];
    const bytes = this.#queued_bytes;
    this.#queued_bytes = 0;
    if (this.socket.destroyed) return;
    let has_room = true;
    if (queue.length === 1 || bytes <= copied_bytes) {
      has_room = this.socket.write(queue.length === 1 ? (queue[0] as Buffer) : Buffer.concat(queue, bytes));
    } else {
      this.socket.cork();
      for (const frame of queue) has_room = this.socket.write(frame);
      this.socket.uncork();
    }
    if (!has_room && this.#stalled_since === 0) {
      this.#stalled_since = performance.now();
      this.socket.once('drain', () => this.#drained());
    }
  }

  /** Resolves when little enough waits to go on with a long answer. False: the socket is gone. */
  async room(): Promise<boolean> {
    this.flush();
    while (this.#isCongested() && !this.socket.destroyed) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          this.socket.off('drain', done).off('close', done);
          resolve();
        };
        this.socket.on('drain', done).on('close', done);
      });
    }
    this.#granted_bytes = 0;
    return !this.socket.destroyed;
  }

  isStalled(now: number): boolean {
    return this.#stalled_since > 0 && now - this.#stalled_since > this.limits.stalled_ms;
  }

  terminate(): void {
    this.#queue = [];
    this.#queued_bytes = 0;
    this.#marks = null;
    this.socket.destroy();
  }

  #isCongested(): boolean {
    return this.buffered_bytes > this.limits.congested_bytes;
  }

  #drained(): void {
    this.#stalled_since = 0;
    const marks = this.#marks;
    this.#marks = null;
    if (marks) for (const frame of marks.values()) this.send(frame);
  }
}
