import type { BusEvent, NodeEvent } from './ports/index.js';

const types: Readonly<Record<NodeEvent['type'], true>> = { username_taken: true, node_presence: true };

export function isNodeEvent(event: BusEvent): event is NodeEvent {
  return Object.hasOwn(types, event.type);
}
