import { randomBytes } from 'node:crypto';
import type { Event, Input, MethodName, Methods, Output } from '@dialect/protocol';
import { type Accounts, createAccounts, noAccounts } from './accounts.js';
import { api } from './api.js';
import type { Caller, Services } from './context.js';
import { createLocalEventBus } from './defaults/local-event-bus.js';
import { createMemoryRateLimiter } from './defaults/memory-rate-limiter.js';
import { createStderrLogger } from './defaults/stderr-logger.js';
import { createDecide } from './domain/decide.js';
import { isMessengerError, MessengerError } from './errors.js';
import { createHookRunner } from './hooks.js';
import { createIdentifier, type Identifier } from './identity.js';
import { createMarks } from './marks.js';
import { createMediaParts, noMedia } from './media-parts.js';
import { createMediaSweeper, type MediaSweeper } from './media-sweeper.js';
import { createNewestPages } from './newest-pages.js';
import { isNodeEvent } from './node-events.js';
import { type OpenedMedia, openMedia } from './open-media.js';
import { type IdentifyRequest, type Identity, type Limits, type MessengerOptions, resolveLimits } from './options.js';
import { createPipeline } from './pipeline.js';
import type { BusEvent, Logger, Storage } from './ports/index.js';
import { createPresence, type Presence } from './presence.js';
import { createPush } from './push/push.js';
import { createRateGate } from './rate-gate.js';
import { createScrubber } from './scrubber.js';
import { createTransactions, type Transaction } from './transaction.js';
import { createWriteQueue } from './write-queue.js';

/** Chat in this process. Every method takes the caller first: the identity never comes from the input. */
export interface Messenger<Connection = unknown> extends Methods<[caller: Caller | null]> {
  /** Brings the schema up to date and loads what is needed; nothing else works before. */
  start(): Promise<void>;
  /** Lets what is running finish, writes what waits, and closes the storage. */
  close(): Promise<void>;
  /**
   * Any use case by its name, with untrusted input.
   * @throws MessengerError, and nothing else but for a call from inside a transaction, which is the host's mistake
   */
  call<N extends MethodName>(name: N, input: Input<N>, caller: Caller | null): Promise<Output<N>>;
  /** Who is calling; null when nobody we know. */
  identify: Identifier['identify'];
  /** The caller for one of the host's own users, who is created at first sight: for calls from the host's code. */
  asUser: Identifier['asUser'];
  /**
   * Runs `work` in one database transaction in which the host's rows and our messages are committed together: when the
   * promise resolves they are on disk, and only then is anybody told; when `work` throws, none of it has happened.
   * Until then other writes to the same chats wait (on SQLite: every write), so await nothing slow in it.
   * @throws what `work` throws; BUSY when the database has to roll back (a deadlock, a lost connection): run it again
   */
  transaction<T>(work: (transaction: Transaction<Connection>) => Promise<T>): Promise<T>;
  /** Hears every event: durable ones after the commit they tell of, typing and presence. Returns how to stop. */
  subscribe(listener: (event: Event) => void): () => void;
  /**
   * A stored file by the name at the end of its URL, for whoever serves it: to know the name is to be allowed to.
   * @throws MEDIA_OFF
   */
  openMedia(name: string): Promise<OpenedMedia | null>;
  /** Rejects when the storage cannot be reached. */
  ping(): Promise<void>;
  presence: Presence;
  limits: Limits;
  logger: Logger;
}

export function createMessenger<Connection>(options: MessengerOptions<Connection>): Messenger<Connection> {
  const { storage } = options;
  const clock = options.clock ?? { now: Date.now };
  const logger = options.logger ?? createStderrLogger();
  const bus = options.bus ?? createLocalEventBus();
  const pass = createPipeline({
    hooks: options.hooks ? createHookRunner(options.hooks, logger) : null,
    passRate: createRateGate(options.rate_limiter ?? createMemoryRateLimiter(clock)),
  });
  const limits = resolveLimits(options.limits);
  /** What somebody makes of an event must not stop the queue that the next ones come from. */
  const guarded = (what: string, run: (event: BusEvent) => void) => (event: BusEvent) => {
    try {
      run(event);
    } catch (error) {
      logger.error(`${what} failed.`, { type: event.type, error: textOf(error) });
    }
  };
  const publish = guarded('Publishing an event', (event) => bus.publish(event));
  const presence = createPresence({ storage, clock, publish, is_shared: options.bus !== undefined });
  const listen = (listener: (event: BusEvent) => void) => bus.subscribe(guarded('A listener', listener));
  listen((event) => event.type === 'node_presence' && presence.heard(event));
  const decide = createDecide(limits);
  const queue = createWriteQueue({ storage, decide, publish, capacity: limits.pending_writes });
  const marks = createMarks({ storage, publish, delay_ms: options.marks_delay_ms ?? 200 });
  const scrubber = createScrubber(storage, logger);
  const push = options.push
    ? createPush({ sender: options.push, storage, presence, clock, logger, options: options.push_options })
    : null;
  // On the bus like anybody else: without push nothing is asked of a message.
  if (push) bus.subscribe((event) => push.hear(event));
  let accounts: Accounts | null = null;
  let sweeper: MediaSweeper | null = null;
  let state: 'new' | 'running' | 'closed' = 'new';
  let calls = 0;
  let onLastCall = (): void => undefined;
  let closing: Promise<void> | null = null;

  const services: Services = {
    storage,
    clock,
    limits,
    presence,
    newestPages: createNewestPages(storage),
    accounts: noAccounts,
    media: noMedia,
    logger,
    write: queue.write,
    mark: marks.mark,
    markOwn: marks.markOwn,
    scrub: scrubber.wake,
    has_push: push !== null,
    is_in_transaction: false,
    announce: publish,
  };

  /** Counted until `leave`: closing waits for it. */
  function enter(): void {
    if (state !== 'running') throw new MessengerError(state === 'new' ? 'BUSY' : 'SHUTTING_DOWN');
    calls += 1;
  }

  function leave(): void {
    calls -= 1;
    if (calls === 0) onLastCall();
  }

  async function counted<T>(run: () => Promise<T>): Promise<T> {
    enter();
    try {
      return await run();
    } finally {
      leave();
    }
  }

  // In one function, unlike the rarer calls: every layer of promises costs each message its share.
  async function call(name: MethodName, input: unknown, caller: Caller | null): Promise<unknown> {
    transactions.refuseInside(name);
    enter();
    try {
      return await pass(name, input, caller, services);
    } catch (error) {
      throw isMessengerError(error) ? error : internal(name, error);
    } finally {
      leave();
    }
  }

  async function shutDown(): Promise<void> {
    state = 'closed';
    // A call that is under way has work for the queues yet.
    if (calls > 0) await new Promise<void>((resolve) => (onLastCall = resolve));
    await queue.drained();
    await scrubber.stop();
    await Promise.all([marks.drained(), presence.close(), accounts?.usernames.close(), push?.close(), sweeper?.stop()]);
    await bus.close();
    await storage.close();
  }

  /** What we did not foresee leaves without its text; the log has it under the same id. */
  function internal(name: string, cause: unknown): MessengerError {
    const correlation_id = randomBytes(9).toString('base64url');
    logger.error('A use case failed.', { name, correlation_id, error: textOf(cause) });
    return new MessengerError('INTERNAL', { correlation_id, cause });
  }

  async function foreseen<T>(name: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw isMessengerError(error) ? error : internal(name, error);
    }
  }

  const identifierOver = (from: Storage) =>
    createIdentifier({ accounts: () => accounts, identify: options.identify, storage: from, clock });
  const identifier = identifierOver(storage);
  const transactions = createTransactions({
    storage,
    services,
    decide,
    methodsOf: ({ services: own, use }) => ({
      // What nobody foresaw leaves as it is: the storage has to know a deadlock when it ends the transaction.
      ...methods((name, input, caller) => use(() => pass(name, input, caller, own))),
      asUser: (identity) => use(() => identifierOver(own.storage).asUser(identity)),
    }),
  });

  const messenger = {
    call: call as Messenger['call'],
    async start() {
      await storage.migrate((line) => logger.info(line));
      if (options.accounts)
        accounts = await createAccounts(options.accounts, {
          storage,
          clock,
          logger,
          bus,
        });
      services.accounts = accounts ?? noAccounts;
      if (options.blobs) {
        const { blobs } = options;
        services.media = await createMediaParts(blobs, options);
        const { unused_media_hours: unused_hours } = limits;
        sweeper = createMediaSweeper({ media: storage.media, blobs, clock, logger, unused_hours });
        sweeper.start();
      }
      state = 'running';
      scrubber.wake();
      push?.start();
    },
    async close() {
      transactions.refuseInside('close');
      closing ??= shutDown();
      return closing;
    },
    async identify(request: IdentifyRequest) {
      transactions.refuseInside('identify');
      return foreseen('identify', () => identifier.identify(request));
    },
    async asUser(identity: Identity) {
      transactions.refuseInside('asUser');
      return foreseen('asUser', () => counted(() => identifier.asUser(identity)));
    },
    transaction: <T>(work: (transaction: Transaction<Connection>) => Promise<T>) =>
      counted(() => transactions.run(work)),
    subscribe: (listener: (event: Event) => void) => listen((event) => !isNodeEvent(event) && listener(event)),
    async openMedia(name: string) {
      transactions.refuseInside('openMedia');
      return foreseen('openMedia', () => counted(() => openMedia(name, storage.media, services.media)));
    },
    async ping() {
      transactions.refuseInside('ping');
      await storage.ping();
    },
    presence,
    limits,
    logger,
  };
  return Object.assign(messenger, methods(call));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** `messenger.messages.send(caller, input)` and all the others, made from the record of use cases. */
function methods(
  call: (name: MethodName, input: unknown, caller: Caller | null) => Promise<unknown>,
): Methods<[caller: Caller | null]> {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(api) as MethodName[]) {
    const [group, method] = name.split('.') as [string, string];
    groups[group] ??= {};
    groups[group][method] = (caller: Caller | null, input: unknown = {}) => call(name, input, caller);
  }
  // Built from the same names as the type.
  return groups as unknown as Methods<[caller: Caller | null]>;
}
