import { type Id, type Me, protocolLimits } from '@dialect/protocol';
import type { ChatList } from './chat-list.js';
import type { Directory } from './directory.js';
import { isDialectError } from './errors.js';
import type { Marks } from './marks.js';
import type { Outbox } from './outbox.js';
import { writable } from './readable.js';
import type { Refresh } from './refresh.js';
import type { Requests } from './requests.js';
import type { Timers } from './timers.js';
import type { Tokens } from './tokens.js';
import type { Client } from './types.js';

const retry_ms = 2_000;

/** Who is signed in, and what is known on their behalf. */
export interface Session {
  me: ReturnType<typeof writable<Me | null>>;
  readonly user_id: Id | null;
  readonly epoch: string | null;
  welcome(user_id: Id, epoch: string): void;
  /** The catch-up of a connection is complete. */
  ready(): Promise<void>;
  /** Gets another token and gives it to the connection that lives. */
  renewToken(): Promise<void>;
  signedIn(profile: Me): void;
  /** What is known of a chat, or of all, is void. What waits to be sent stays. */
  reset(chat_id: Id | null): void;
  /** Nothing of this user may be left for the next one. */
  forget(): void;
}

export interface SessionParts {
  directory: Directory;
  outbox: Outbox;
  marks: Marks;
  refresh: Refresh;
  requests: Requests;
  tokens: Tokens;
  timers: Timers;
  chatList: ChatList;
  call: Client['call'];
  isOnline(): boolean;
}

export function createSession({
  directory,
  outbox,
  marks,
  refresh,
  requests,
  tokens,
  timers,
  chatList,
  call,
  isOnline,
}: SessionParts): Session {
  const me = writable<Me | null>(null);
  let user_id: Id | null = null;
  let epoch: string | null = null;
  let wasReady = false;

  function reset(chat_id: Id | null): void {
    directory.forget(chat_id);
    for (const entry of directory.all()) {
      const { id } = entry.handle;
      if (chat_id !== null && chat_id !== id) continue;
      entry.sync.forget();
      outbox.forget(id);
      entry.invalidate();
    }
    directory.invalidate();
  }

  function forget(): void {
    outbox.clear();
    marks.clear();
    reset(null);
    me.set(null);
    user_id = epoch = null;
    wasReady = false;
  }

  function become(id: Id): void {
    if (user_id !== null && user_id !== id) forget();
    user_id = id;
  }

  async function renewToken(): Promise<void> {
    try {
      const token = await tokens.fresh();
      if (token !== null) await requests.ask({ type: 'auth', token });
    } catch (error) {
      // Without the connection there is nothing to renew for: the next one starts with a token of its own.
      if (isDialectError(error) && error.retryable && isOnline()) timers.after(retry_ms, () => void renewToken());
    }
  }

  /** Chats beyond those that a new client is sent: only where they stand. */
  async function noteOthers(): Promise<void> {
    if (directory.list.get().length >= protocolLimits.fresh_chats) directory.note(await call('sync.heads', {}));
  }

  return {
    me,
    get user_id() {
      return user_id;
    },
    get epoch() {
      return epoch;
    },
    welcome(id, its_epoch) {
      become(id);
      if (epoch !== null && epoch !== its_epoch) reset(null);
      epoch = its_epoch;
    },
    async ready() {
      for (const { sync } of directory.all()) sync.ready();
      outbox.resume();
      marks.resume();
      if (wasReady) refresh.marks();
      else {
        chatList.start();
        noteOthers().catch(() => {});
      }
      wasReady = true;
      if (me.get() === null) {
        const profile = await call('users.me', {}).catch(() => null);
        if (profile?.id === user_id) me.set(profile);
      }
    },
    renewToken,
    signedIn(profile) {
      become(profile.id);
      me.set(profile);
    },
    reset,
    forget,
  };
}
