import type { BusEvent, EventBus } from '../ports/index.js';

/** The bus of a single process: listeners are called at once, in the order of publishing. Nothing is ever missed. */
export function createLocalEventBus(): EventBus {
  const listeners = new Set<(event: BusEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onGap: () => () => undefined,
    async close() {
      listeners.clear();
    },
  };
}
