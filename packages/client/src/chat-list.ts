import { type Id, protocolLimits } from '@dialect/protocol';
import type { Directory } from './directory.js';
import { DialectError } from './errors.js';
import { writable } from './readable.js';
import type { ChatHandle, Chats, Client, OpenInput } from './types.js';

/** The part of `client.chats` that is more than a call. */
export interface ChatList extends Pick<Chats, 'open' | 'createGroup' | 'hasMore' | 'loadMore'> {
  /** The first catch-up is complete: it brought the newest chats, or all there are. */
  start(): void;
}

export function createChatList(directory: Directory, call: Client['call']): ChatList {
  const hasMore = writable(true);
  /** Where the list that was taken in ends; chats opened one by one do not count. */
  let last: Id | null = null;

  async function userIdOf(input: OpenInput): Promise<Id> {
    if (typeof input.with === 'number') return input.with;
    const username = input.with.replace(/^@/, '').toLowerCase();
    const found = await call('users.search', { q: username });
    const user = found.find((each) => each.username?.toLowerCase() === username);
    if (!user) throw new DialectError('USER_NOT_FOUND', 'There is no such user.', { field: 'with' });
    return user.id;
  }

  /** A handle with its newest messages: the first thing that will be looked at. */
  async function loaded(id: Id): Promise<ChatHandle> {
    const { handle, sync } = directory.get(id);
    const { data } = sync;
    if (data.head === 0 || data.window.rows.length < protocolLimits.snapshot_messages) {
      // The chat is open also when its messages cannot be had just now: they come with the next connection.
      await handle.messages.loadOlder().catch(() => sync.want());
    }
    return handle;
  }

  return {
    hasMore,
    async open(input) {
      const chat = await call('chats.createPrivate', { target_user_id: await userIdOf(input) });
      directory.seed([chat]);
      return loaded(chat.id);
    },
    async createGroup(input) {
      const chat = await call('chats.createGroup', input);
      directory.seed([chat]);
      return loaded(chat.id);
    },
    async loadMore(n = protocolLimits.fresh_chats) {
      const page = await call('chats.list', last === null ? { limit: n } : { limit: n, after_chat_id: last });
      directory.seed(page);
      last = page.at(-1)?.id ?? last;
      hasMore.set(page.length === n);
    },
    start() {
      const handles = directory.list.get();
      last = handles.at(-1)?.id ?? null;
      hasMore.set(handles.length >= protocolLimits.fresh_chats);
    },
  };
}
