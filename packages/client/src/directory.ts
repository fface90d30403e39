import type { Chat, Heads, Id } from '@dialect/protocol';
import type { ChatEntry } from './chat.js';
import { sameItems } from './message-list.js';
import { derived, type Readable } from './readable.js';
import type { ChatHandle } from './types.js';

/** All chats by id, and the list of those I am in. */
export interface Directory {
  /** Made when there is none: a handle may be asked for before anything is known of the chat. */
  get(id: Id): ChatEntry;
  find(id: Id): ChatEntry | undefined;
  all(): IterableIterator<ChatEntry>;
  list: Readable<readonly ChatHandle[]>;
  /** Takes in chats that a request returned. */
  seed(chats: readonly Chat[]): void;
  /** Chats that exist but were not loaded: said in `hello`, so that the server does not send what nobody looks at. */
  note(heads: Heads): void;
  heads(): [string, number][];
  /** Forgets where a chat, or with null every chat, was listed to stand. */
  forget(id: Id | null): void;
  invalidate(): void;
}

export function createDirectory(create: (id: Id) => ChatEntry): Directory {
  const entries = new Map<Id, ChatEntry>();
  /** The revision at which the server listed a chat. */
  const listed = new Map<Id, number>();

  function get(id: Id): ChatEntry {
    let entry = entries.get(id);
    if (!entry) {
      entry = create(id);
      entries.set(id, entry);
    }
    return entry;
  }

  const list = derived<readonly ChatHandle[]>((last) => {
    const mine = [...entries.values()].filter(({ sync }) => sync.data.chat !== null);
    const next = mine.sort(byActivity).map(({ handle }) => handle);
    return last && sameItems(last, next) ? last : next;
  });

  return {
    get,
    find: (id) => entries.get(id),
    all: () => entries.values(),
    list,
    seed(chats) {
      for (const chat of chats) {
        const entry = get(chat.id);
        entry.sync.data.seed(chat);
        listed.set(chat.id, chat.rev);
        entry.invalidate();
      }
      list.invalidate();
    },
    note({ chats }) {
      for (const { chat_id, rev, is_member } of chats) if (is_member) listed.set(chat_id, rev);
    },
    heads() {
      const known = new Map(listed);
      for (const [id, { sync }] of entries) {
        if (sync.data.head > 0) known.set(id, sync.data.head);
        // The next catch-up may as well bring it.
        else if (sync.isWanted) known.delete(id);
      }
      return [...known].map(([id, rev]) => [String(id), rev]);
    },
    forget(id) {
      if (id === null) listed.clear();
      else listed.delete(id);
    },
    invalidate: list.invalidate,
  };
}

/** Newest first, by the server's clock and then by id: ours decides nothing. */
function byActivity(a: ChatEntry, b: ChatEntry): number {
  const [left, right] = [activeAt(a), activeAt(b)];
  return left === right ? b.handle.id - a.handle.id : left < right ? 1 : -1;
}

function activeAt({ sync: { data } }: ChatEntry): string {
  const last = data.window.rows.at(-1) ?? data.chat?.last_message;
  return last?.sent_at ?? data.chat?.created_at ?? '';
}
