import { createBatcher } from './batcher.js';
import { MessengerError } from './errors.js';
import type { Clock, Storage } from './ports/index.js';

/** Who is connected to this process, and when somebody was seen last. */
export interface Presence {
  connected(user_id: number): void;
  /** @param has_received what was written to the connection has arrived, as its orderly end says. @default false */
  disconnected(user_id: number, has_received?: boolean): void;
  isOnline(user_id: number): boolean;
  /** Whether a live connection shows the user what happens in this chat: each one does, in all of their chats. */
  isFocused(user_id: number, chat_id: number): boolean;
  /** Hears of everybody whose last connection has ended. */
  onGone(listener: (user_id: number, has_received: boolean) => void): void;
  drained(): Promise<void>;
}

const gather_ms = 500;

export function createPresence(storage: Storage, clock: Clock): Presence {
  const connections = new Map<number, number>();
  let tellGone: (user_id: number, has_received: boolean) => void = () => undefined;
  // Gathered, because a restart of something upstream disconnects everybody at once.
  const sightings = createBatcher<{ user_id: number; at: number }, void>({
    max: 1_000,
    capacity: 100_000,
    overflow: () => new MessengerError('BUSY'),
    schedule: (run) => setTimeout(run, gather_ms),
    async flush(items) {
      await storage.users.seen(items);
      return items.map(() => undefined);
    },
  });

  return {
    connected(user_id) {
      connections.set(user_id, (connections.get(user_id) ?? 0) + 1);
    },
    disconnected(user_id, has_received = false) {
      const left = (connections.get(user_id) ?? 1) - 1;
      if (left > 0) {
        connections.set(user_id, left);
        return;
      }
      connections.delete(user_id);
      tellGone(user_id, has_received);
      // A sighting that cannot be written is no loss worth failing for: the next one replaces it.
      sightings.add({ user_id, at: clock.now() }).catch(() => undefined);
    },
    isOnline: (user_id) => connections.has(user_id),
    isFocused: (user_id) => connections.has(user_id),
    onGone(listener) {
      tellGone = listener;
    },
    drained: () => sightings.drained(),
  };
}
