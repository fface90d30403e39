import { randomUUID } from 'node:crypto';
import { createBatcher } from './batcher.js';
import { statusToWire } from './domain/to-wire.js';
import { MessengerError } from './errors.js';
import { createOtherNodes } from './other-nodes.js';
import type { BusEvent, Clock, NodePresence, Storage } from './ports/index.js';

/** Who is connected, and when somebody was seen last. */
export interface Presence {
  connected(user_id: number): void;
  /**
   * `grace_ms`: so long after their last connection others still see them online, and hear nothing if they come back.
   * `has_received`: what was written to the connection has arrived, as its orderly end says.
   */
  disconnected(user_id: number, end?: { grace_ms?: number; has_received?: boolean }): void;
  /** Has a live connection to this process, at this moment. */
  isConnected(user_id: number): boolean;
  /** As others see them: connected here, or a moment ago, or to another node. */
  isOnline(user_id: number): boolean;
  /** Whether a live connection shows the user what happens in this chat: each one does, in all of their chats. */
  isFocused(user_id: number, chat_id: number): boolean;
  /** Hears of everybody whose last connection has ended, whatever others are told later. */
  onGone(listener: (user_id: number, has_received: boolean) => void): void;
  /** What a node says of itself, as it comes from the bus. */
  heard(event: NodePresence): void;
  /** What waits is written and told. */
  drained(): Promise<void>;
  /** The same, for good: the other nodes are told that nobody is here any more. */
  close(): Promise<void>;
}

export interface PresenceOptions {
  storage: Storage;
  clock: Clock;
  publish: (event: BusEvent) => void;
  /** Other nodes listen on the same bus. */
  is_shared: boolean;
  /** Milliseconds between two times at which a node says who is there. @default 10000 */
  repeat_ms?: number;
}

const gather_ms = 500;
/** Users in one question for their peers, and in one event between nodes. */
const users_at_once = 5_000;
/** A node that has not been heard for so many repetitions is gone. */
const missed_repeats = 3;

export function createPresence(options: PresenceOptions): Presence {
  const { storage, clock, publish, is_shared, repeat_ms = 10_000 } = options;
  const node_id = randomUUID();
  const connections = new Map<number, number>();
  /** Gone, but for a moment yet not for others. */
  const leaving = new Map<number, NodeJS.Timeout>();
  const left_at = new Map<number, number>();
  /** Whom this node has said to be here. */
  const told = new Set<number>();
  /** Whose coming or going waits to be told. */
  const changed = new Set<number>();
  const others = createOtherNodes(node_id, repeat_ms * missed_repeats);

  let tellGone: (user_id: number, has_received: boolean) => void = () => undefined;
  // Gathered, because a restart of something upstream disconnects everybody at once.
  const gathered = { capacity: 1_000_000, overflow: () => new MessengerError('BUSY') };
  const schedule = (run: () => void) => setTimeout(run, gather_ms);
  const sightings = createBatcher<{ user_id: number; at: number }, void>({
    ...gathered,
    max: 1_000,
    schedule,
    async flush(items) {
      await storage.users.seen(items);
      return items.map(() => undefined);
    },
  });
  const news = createBatcher<number, void>({
    ...gathered,
    max: users_at_once,
    schedule,
    async flush(user_ids) {
      for (const user_id of user_ids) changed.delete(user_id);
      await tell(user_ids.filter((user_id) => isHere(user_id) !== told.has(user_id)));
      return user_ids.map(() => undefined);
    },
  });

  const isHere = (user_id: number): boolean => connections.has(user_id) || leaving.has(user_id);

  /** One question for all of them. Who came and went within the gathering is not among them. */
  async function tell(user_ids: number[]): Promise<void> {
    if (user_ids.length === 0) return;
    const audience = new Map<number, number[]>();
    for (const { user_id, peer_id } of await storage.members.peersOf(user_ids)) {
      const peers = audience.get(user_id);
      if (peers) peers.push(peer_id);
      else audience.set(user_id, [peer_id]);
    }
    // As they stand after the question: who has turned round meanwhile waits for the next telling.
    const moved = user_ids.filter((user_id) => isHere(user_id) !== told.has(user_id));
    for (const user_id of moved) {
      if (isHere(user_id)) told.add(user_id);
      else told.delete(user_id);
    }
    sayToNodes(
      moved.filter((user_id) => told.has(user_id)),
      moved.filter((user_id) => !told.has(user_id)),
    );
    for (const user_id of moved) {
      const at = left_at.get(user_id) ?? clock.now();
      left_at.delete(user_id);
      const to = audience.get(user_id);
      if (to && !others.isOnline(user_id)) publish({ ...statusToWire(user_id, told.has(user_id), at), to });
    }
  }

  function sayToNodes(online: number[], offline: number[]): void {
    if (!is_shared) return;
    for (let from = 0; from < Math.max(online.length, offline.length); from += users_at_once) {
      const part = (ids: number[]): number[] => ids.slice(from, from + users_at_once);
      publish({ type: 'node_presence', node_id, online: part(online), offline: part(offline) });
    }
  }

  function note(user_id: number): void {
    if (changed.has(user_id)) return;
    changed.add(user_id);
    // What could not be told is told with the next change; profiles say it at any time.
    news.add(user_id).catch(() => undefined);
  }

  const repeat = is_shared
    ? setInterval(() => {
        others.expire();
        sayToNodes([...told], []);
      }, repeat_ms).unref()
    : null;

  async function drained(): Promise<void> {
    await Promise.all([sightings.drained(), news.drained()]);
  }

  return {
    connected(user_id) {
      connections.set(user_id, (connections.get(user_id) ?? 0) + 1);
      clearTimeout(leaving.get(user_id));
      leaving.delete(user_id);
      left_at.delete(user_id);
      note(user_id);
    },
    disconnected(user_id, { grace_ms = 0, has_received = false } = {}) {
      const left = (connections.get(user_id) ?? 1) - 1;
      if (left > 0) {
        connections.set(user_id, left);
        return;
      }
      connections.delete(user_id);
      const at = clock.now();
      left_at.set(user_id, at);
      tellGone(user_id, has_received);
      // A sighting that cannot be written is no loss worth failing for: the next one replaces it.
      sightings.add({ user_id, at }).catch(() => undefined);
      if (grace_ms === 0) {
        note(user_id);
        return;
      }
      const leave = (): void => {
        leaving.delete(user_id);
        note(user_id);
      };
      leaving.set(user_id, setTimeout(leave, grace_ms).unref());
    },
    isConnected: (user_id) => connections.has(user_id),
    isOnline: (user_id) => isHere(user_id) || others.isOnline(user_id),
    heard: others.heard,
    drained,
    async close() {
      for (const timer of leaving.values()) clearTimeout(timer);
      if (repeat) clearInterval(repeat);
      await drained();
      sayToNodes([], [...told]);
    },
    isFocused: (user_id) => connections.has(user_id),
    onGone(listener) {
      tellGone = listener;
    },
  };
}
