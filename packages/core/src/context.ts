import type { Event } from '@dialect/protocol';
import type { Accounts } from './accounts.js';
import type { Caller } from './caller.js';
import type { MediaParts } from './media-parts.js';
import type { NewestPages } from './newest-pages.js';
import type { Limits } from './options.js';
import type { ChatOperation, Clock, Logger, MarkOutcome, MarkRequest, Storage, WriteOutcome } from './ports/index.js';
import type { Presence } from './presence.js';

export type { Caller };

/** A change that was made, or had been made before by the same `client_id`. */
export type Written = Exclude<WriteOutcome, { kind: 'refused' }>;

export interface WriteResult<E extends Event> {
  written: Written;
  /** It had been made before: nothing was stored, and nobody told. */
  is_repeat: boolean;
  /** What was published; null for a repeat. */
  event: E | null;
}

/** What the use cases work with: the same for all of them, and for all callers. */
export interface Services {
  storage: Storage;
  clock: Clock;
  limits: Limits;
  presence: Presence;
  newestPages: NewestPages;
  /** @throws ACCOUNTS_OFF when the host brings its own users. */
  accounts: Accounts;
  /** @throws MEDIA_OFF when the host gave no place for files. */
  media: MediaParts;
  logger: Logger;
  /**
   * Queues one change of a chat and resolves after it is committed. `toEvent` makes the event that tells of it; the
   * unit of work publishes it after the commit and in the order of the commits, and not at all for a duplicate: a retry
   * rings nobody. (The event is handed over with the operation, and not announced afterwards, because use cases go on
   * at different speeds and would overtake one another.)
   * @throws the code by which the change was refused, or BUSY when too many wait.
   */
  write<E extends Event>(operation: ChatOperation, toEvent: (written: Written) => E): Promise<WriteResult<E>>;
  /** Queues a mark; resolves after it is committed and its receipt has been published. */
  mark(request: MarkRequest): Promise<MarkOutcome>;
  /** Marks the sender's own message as read by them; nobody waits for it. */
  markOwn(request: Omit<MarkRequest, 'kind'>): void;
  /** Empties, when there is time, what has been cleared for everyone. */
  scrub(): void;
  /** Push is configured: messages leave rows in its outbox. */
  has_push: boolean;
  /** Inside a host's transaction: nothing is published before its commit. */
  is_in_transaction: boolean;
  /** Publishes an event that no operation of `write` makes: ephemeral ones, and those of new chats. */
  announce(event: Event): void;
}

export interface Context<C extends Caller | null = Caller> extends Services {
  caller: C;
}
