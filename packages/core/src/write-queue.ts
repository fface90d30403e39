import type { Event } from '@dialect/protocol';
import { type Batcher, createBatcher } from './batcher.js';
import type { Services, Written } from './context.js';
import { MessengerError } from './errors.js';
import type { ChatOperation, Decide, Storage, WriteOutcome } from './ports/index.js';
import { isNew, systemEventOf, toResult } from './write-result.js';

interface Queued {
  operation: ChatOperation;
  toEvent: (written: Written) => Event;
  /** Published after the commit. */
  event: Event | null;
}

export interface WriteQueue {
  write: Services['write'];
  drained(): Promise<void>;
}

/**
 * The one queue through which chats change: operations that arrive together are committed together (group commit), one
 * queue for the database or one per chat as the storage says.
 */
export function createWriteQueue(options: {
  storage: Storage;
  decide: Decide;
  publish: (event: Event) => void;
  capacity: number;
}): WriteQueue {
  const { storage, decide, publish, capacity } = options;
  const queues = new Map<number, Batcher<Queued, WriteOutcome>>();
  const keyOf = storage.batching.scope === 'chat' ? (chat_id: number) => chat_id : () => 0;

  const createQueue = (onIdle: () => void): Batcher<Queued, WriteOutcome> =>
    createBatcher({
      max: storage.batching.max,
      capacity,
      overflow: () => new MessengerError('BUSY', { retry_after_ms: 500 }),
      schedule: whenGathered,
      flush: (batch) =>
        storage.chats.write(
          batch.map((queued) => queued.operation),
          decide,
        ),
      done(queued, outcome) {
        if (!isNew(outcome)) return;
        queued.event = queued.toEvent(outcome);
        publish(queued.event);
        const told = systemEventOf(outcome);
        if (told) publish(told);
      },
      // A million chats that were written to once must not keep a million queues.
      onIdle,
    });

  return {
    async write<E extends Event>(operation: ChatOperation, toEvent: (written: Written) => E) {
      const key = keyOf(operation.chat_id);
      let queue = queues.get(key);
      if (!queue) {
        queue = createQueue(() => queues.delete(key));
        queues.set(key, queue);
      }
      const queued: Queued = { operation, toEvent, event: null };
      const outcome = await queue.add(queued);
      return toResult(outcome, queued.event as E | null);
    },
    async drained() {
      await Promise.all([...queues.values()].map((queue) => queue.drained()));
    },
  };
}

/** A flush waits for no more turns of the event loop than this, however fast messages arrive. */
const max_turns = 8;

/**
 * Flushes when a turn of the event loop has brought nothing more. A turn reads every socket that has data and only then
 * runs what `setImmediate` was given: a batch gathers as long as messages keep arriving, and a lone one waits for nobody.
 */
function whenGathered(run: () => void, size: () => number): void {
  let before = size();
  let turns = 0;
  const turn = (): void => {
    const now = size();
    if (now === before || ++turns >= max_turns) {
      run();
      return;
    }
    before = now;
    setImmediate(turn);
  };
  setImmediate(turn);
}
