import type { Event } from '@dialect/protocol';

/**
 * Carries events to every node. At most once, in order per publisher: an event is a hint, the row is the truth, and
 * whoever misses one repairs by reading.
 */
export interface EventBus {
  publish(event: Event): void;
  /** The listener must not throw. Returns how to stop. */
  subscribe(listener: (event: Event) => void): () => void;
  /** Called when events may have been missed (a lost connection to the bus): time to compare with the tables. */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}
