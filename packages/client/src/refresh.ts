import type { Chat, Id } from '@dialect/protocol';
import type { ChatEntry } from './chat.js';
import type { Directory } from './directory.js';
import type { Timers } from './timers.js';
import type { Client } from './types.js';

const page = 100;
/** The server takes up to a second to store a mark; an answer that does not know mine yet is no use. */
const again_ms = 1_500;
const tries = 4;

/**
 * Marks have no revision, so a catch-up does not bring those that moved while we were away, and a count of unread
 * messages that are not loaded is known to the server only. This asks for both, where it can matter.
 */
export interface Refresh {
  /** After a reconnect. */
  marks(): void;
  /** When the unread count of a chat cannot be told from what is loaded. */
  unread(entry: ChatEntry): void;
}

export function createRefresh(
  directory: Directory,
  timers: Timers,
  call: Client['call'],
  isOnline: () => boolean,
): Refresh {
  const asking = new Set<Id>();

  function take(chat: Chat): void {
    const entry = directory.get(chat.id);
    // A chat that is only listed has no state of its own to go stale.
    if (entry.sync.data.head === 0) return;
    entry.sync.data.refresh(chat);
    entry.invalidate();
  }

  async function ask(entry: ChatEntry, left: number): Promise<void> {
    const { id } = entry.handle;
    asking.add(id);
    try {
      take(await call('chats.get', { chat_id: id }));
    } finally {
      asking.delete(id);
    }
    if (left > 0) timers.after(again_ms, () => unread(entry, left - 1));
  }

  function unread(entry: ChatEntry, left = tries): void {
    const { data } = entry.sync;
    if (data.head === 0 || data.exact_unread !== null || asking.has(data.id) || !isOnline()) return;
    ask(entry, left).catch(() => {});
  }

  async function refreshAll(): Promise<void> {
    const stale = new Set([...directory.all()].filter(canBeStale).map(({ handle }) => handle.id));
    let after: Id | undefined;
    while (stale.size > 0 && isOnline()) {
      const chats: Chat[] = await call('chats.list', { limit: page, after_chat_id: after });
      for (const chat of chats) {
        take(chat);
        stale.delete(chat.id);
      }
      if (chats.length < page) return;
      after = chats.at(-1)?.id;
    }
  }

  return {
    marks() {
      // Spread out: after a restart of the server everybody comes back at the same time.
      timers.after(Math.random() * 500, () => void refreshAll().catch(() => {}));
    },
    unread: (entry) => unread(entry),
  };
}

/** Another device of mine may have read it, or somebody may have read what I wrote. */
function canBeStale({ sync: { data }, handle }: ChatEntry): boolean {
  if (data.head === 0) return false;
  return data.unread > 0 || handle.messages.get().some(({ is_mine, delivery }) => is_mine && delivery !== 'read');
}
