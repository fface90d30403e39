import type { Event } from '@dialect/protocol';

/** What nodes tell one another. Neither sockets nor the host's listeners hear of it. */
export type NodeEvent = { type: 'username_taken'; username_key: string } | NodePresence;

/** Who is connected to a node. Repeated, so that it expires. */
export interface NodePresence {
  type: 'node_presence';
  node_id: string;
  online: readonly number[];
  offline: readonly number[];
}

export type BusEvent = Event | NodeEvent;

/**
 * Carries events to every node. At most once, in order per publisher: an event is a hint, the row is the truth, and
 * whoever misses one repairs by reading.
 */
export interface EventBus {
  publish(event: BusEvent): void;
  /** The listener must not throw. Returns how to stop. */
  subscribe(listener: (event: BusEvent) => void): () => void;
  /** Called when events may have been missed (a lost connection to the bus): time to compare with the tables. */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}
