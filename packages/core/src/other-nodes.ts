import type { NodePresence } from './ports/index.js';

/** Who is connected to other nodes of the same messenger, by what these say. */
export interface OtherNodes {
  heard(event: NodePresence): void;
  isOnline(user_id: number): boolean;
  /** Forgets what nobody has repeated in time: a node that died does not say so. */
  expire(): void;
}

export function createOtherNodes(node_id: string, lifetime_ms: number): OtherNodes {
  /** By user: the nodes that have them, each with the time until which that holds. */
  const users = new Map<number, Map<string, number>>();

  function forget(user_id: number, node: string): void {
    const nodes = users.get(user_id);
    nodes?.delete(node);
    if (nodes?.size === 0) users.delete(user_id);
  }

  return {
    heard(event) {
      if (event.node_id === node_id) return;
      const until = performance.now() + lifetime_ms;
      for (const user_id of event.online) {
        const nodes = users.get(user_id);
        if (nodes) nodes.set(event.node_id, until);
        else users.set(user_id, new Map([[event.node_id, until]]));
      }
      for (const user_id of event.offline) forget(user_id, event.node_id);
    },
    isOnline: (user_id) => users.has(user_id),
    expire() {
      const now = performance.now();
      for (const [user_id, nodes] of users) {
        for (const [node, until] of nodes) if (until <= now) forget(user_id, node);
      }
    },
  };
}
