import { isMessengerError } from './errors.js';

export interface BatcherOptions<I, O> {
  /** Items in one flush. */
  max: number;
  /** Items that may wait; one more is refused by `overflow`. */
  capacity: number;
  overflow: () => Error;
  /** Says when the next flush happens; `size` tells how many wait. While one runs, arrivals wait and go together. */
  schedule: (run: () => void, size: () => number) => void;
  /** All or nothing: on a throw the items are flushed one by one, so that one bad item cannot fail its neighbours. */
  flush: (items: I[]) => Promise<O[]>;
  /** Called in the order of the items, before their promises resolve. */
  done?: (item: I, outcome: O) => void;
  /** Called when nothing waits and nothing runs. */
  onIdle?: () => void;
}

export interface Batcher<I, O> {
  add(item: I): Promise<O>;
  /** Flushes what waits without waiting for its time; resolves when nothing waits and nothing runs. */
  drained(): Promise<void>;
}

interface Waiting<I, O> {
  item: I;
  resolve: (outcome: O) => void;
  reject: (error: unknown) => void;
}

/** What arrives together goes together: the mechanism under group commit, coalesced marks and sightings. */
export function createBatcher<I, O>(options: BatcherOptions<I, O>): Batcher<I, O> {
  let waiting: Waiting<I, O>[] = [];
  let is_scheduled = false;
  let is_running = false;
  const size = (): number => waiting.length;
  const idle: (() => void)[] = [];

  function settle(batch: Waiting<I, O>[], outcomes: O[]): void {
    batch.forEach((entry, index) => {
      const outcome = outcomes[index] as O;
      try {
        options.done?.(entry.item, outcome);
        entry.resolve(outcome);
      } catch (error) {
        // It is committed all the same, and so are its neighbours.
        entry.reject(error);
      }
    });
  }

  async function flush(batch: Waiting<I, O>[]): Promise<void> {
    let outcomes: O[];
    try {
      outcomes = await options.flush(batch.map((entry) => entry.item));
    } catch (error) {
      // A storage speaks in our codes only when it cannot be reached: that would meet each item alone too, and cost its
      // wait every time.
      if (batch.length === 1 || isMessengerError(error)) for (const entry of batch) entry.reject(error);
      else for (const entry of batch) await flush([entry]);
      return;
    }
    // Outside the `try`: what fails after the commit must not commit again.
    settle(batch, outcomes);
  }

  async function run(): Promise<void> {
    // Draining may have come before the scheduled time.
    if (is_running || !is_scheduled) return;
    is_running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, options.max);
      waiting = waiting.slice(options.max);
      await flush(batch);
      // Whatever came in meanwhile gets the same chance to gather as the first did, unless somebody waits for the end.
      if (waiting.length > 0 && idle.length === 0) await new Promise<void>((next) => options.schedule(next, size));
    }
    is_running = false;
    is_scheduled = false;
    options.onIdle?.();
    for (const resolve of idle.splice(0)) resolve();
  }

  return {
    add(item) {
      if (waiting.length >= options.capacity) return Promise.reject(options.overflow());
      return new Promise<O>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (is_scheduled) return;
        is_scheduled = true;
        options.schedule(() => void run(), size);
      });
    },
    drained() {
      if (!is_scheduled) return Promise.resolve();
      const drained = new Promise<void>((resolve) => idle.push(resolve));
      void run();
      return drained;
    },
  };
}
