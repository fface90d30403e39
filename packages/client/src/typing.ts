import type { Id } from '@dialect/protocol';
import { type Readable, writable } from './readable.js';
import type { Timers } from './timers.js';
import type { Typing } from './types.js';

const repeat_ms = 3_000;
const expire_ms = 6_000;

export interface TypingState {
  /** What the app gets. */
  typing: Typing;
  heard(user_id: Id, is_typing: boolean): void;
  /** A message of mine ends my typing for everybody who receives it. */
  sent(): void;
  clear(): void;
}

export function createTyping(timers: Timers, say: (is_typing: boolean) => void): TypingState {
  const users = writable<readonly Id[]>([]);
  const expiries = new Map<Id, () => void>();
  let said_at = Number.NEGATIVE_INFINITY;

  const show = () => users.set([...expiries.keys()]);

  function heard(user_id: Id, is_typing: boolean): void {
    const known = expiries.get(user_id);
    known?.();
    if (is_typing)
      expiries.set(
        user_id,
        timers.after(expire_ms, () => heard(user_id, false)),
      );
    else expiries.delete(user_id);
    if (is_typing !== (known !== undefined)) show();
  }

  return {
    typing: {
      users: users as Readable<readonly Id[]>,
      start() {
        const now = performance.now();
        if (now - said_at < repeat_ms) return;
        said_at = now;
        say(true);
      },
      stop() {
        const isShown = performance.now() - said_at < expire_ms;
        said_at = Number.NEGATIVE_INFINITY;
        if (isShown) say(false);
      },
    },
    heard,
    sent() {
      said_at = Number.NEGATIVE_INFINITY;
    },
    clear() {
      for (const cancel of expiries.values()) cancel();
      expiries.clear();
      if (users.get().length > 0) show();
    },
  };
}
