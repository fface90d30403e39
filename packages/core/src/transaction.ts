import { AsyncLocalStorage } from 'node:async_hooks';
import type { Methods } from '@dialect/protocol';
import type { Caller, Services, Written } from './context.js';
import { toMarkEvent } from './marks.js';
import { createNewestPages } from './newest-pages.js';
import type { Identity } from './options.js';
import type { Decide, Storage, StorageRepositories } from './ports/index.js';
import { isNew, systemEventOf, toResult } from './write-result.js';

/**
 * The messenger inside one transaction of the host. Its methods are over when the transaction is. They refuse by
 * MessengerError; what the driver throws comes through as it is.
 */
export interface Transaction<Connection = unknown>
  extends Pick<Methods<[caller: Caller | null]>, 'users' | 'chats' | 'messages'> {
  /** The driver's own connection, for the host's rows. It is ours to begin, commit and release. */
  connection: Connection;
  /** The caller for one of the host's own users, who comes into being with the transaction. */
  asUser(identity: Identity): Promise<Caller>;
}

/** What a transaction's methods are made of: `use` counts a call, and refuses one that comes too late. */
export interface Within {
  services: Services;
  use<T>(run: () => Promise<T>): Promise<T>;
}

export interface Transactions<Connection> {
  run<T>(work: (transaction: Transaction<Connection>) => Promise<T>): Promise<T>;
  /** @throws when it is asked from inside a transaction, which would wait for what waits for it */
  refuseInside(method: string): void;
}

/** Transactions in which the host's rows and ours are committed together. */
export function createTransactions<Connection>(options: {
  storage: Storage<Connection>;
  services: Services;
  decide: Decide;
  methodsOf: (within: Within) => Omit<Transaction<Connection>, 'connection'>;
}): Transactions<Connection> {
  const { storage, services, decide, methodsOf } = options;
  // Made with the first transaction: to follow asynchronous calls costs every promise of the process a little.
  let inside: AsyncLocalStorage<Guard> | null = null;

  function refuseInside(method: string): void {
    if (!inside?.getStore()?.is_open) return;
    throw new Error(
      `messenger.${method} was called inside messenger.transaction: it would wait for the transaction, which waits for ` +
        'it. Use the methods that the transaction is given, and no transaction in a transaction.',
    );
  }

  return {
    refuseInside,
    async run(work) {
      if (!storage.transaction) throw new Error('This storage has no transactions for its host.');
      refuseInside('transaction');
      inside ??= new AsyncLocalStorage();
      const context = inside;
      const later: (() => void)[] = [];
      const result = await storage.transaction(async (repositories, connection) => {
        const guard = createGuard();
        const within = { services: servicesWithin(services, decide, repositories, later), use: guard.use };
        try {
          return await context.run(guard, () => work({ ...methodsOf(within), connection }));
        } finally {
          // What the host did not wait for is in or out with the rest, and never half of each.
          await guard.close();
        }
      });
      for (const tell of later) tell();
      return result;
    },
  };
}

/** Writes that go straight to the transaction. Whoever is to hear of them does so after the commit. */
function servicesWithin(
  services: Services,
  decide: Decide,
  repositories: StorageRepositories,
  later: (() => void)[],
): Services {
  const storage: Storage = { ...services.storage, ...repositories };
  const announce: Services['announce'] = (event) => later.push(() => services.announce(event));
  return {
    ...services,
    storage,
    announce,
    is_in_transaction: true,
    // Not the kept ones: those outlive a rollback.
    newestPages: createNewestPages(storage),
    async write(operation, toEvent) {
      const [outcome] = await repositories.chats.write([operation], decide);
      if (!outcome) throw new Error('The storage answered nothing.');
      const event = isNew(outcome) ? toEvent(outcome) : null;
      if (event) announce(event);
      const told = event && systemEventOf(outcome as Written);
      if (told) announce(told);
      return toResult(outcome, event);
    },
    async mark(request) {
      const blocks = await repositories.blocks.inPrivateChats([request.chat_id]);
      const [outcome] = await repositories.members.advance([request]);
      if (!outcome) throw new Error('The storage answered nothing.');
      const event = toMarkEvent(request, outcome, { is_implied: false, blocks });
      if (event) announce(event);
      return outcome;
    },
    scrub: () => later.push(() => services.scrub()),
    markOwn: (request) => later.push(() => services.markOwn(request)),
  };
}

interface Guard {
  readonly is_open: boolean;
  use: Within['use'];
  /** Refuses what comes from now on, and waits for what is running. */
  close(): Promise<void>;
}

function createGuard(): Guard {
  const running = new Set<Promise<unknown>>();
  let is_open = true;
  return {
    get is_open() {
      return is_open;
    },
    async use(run) {
      if (!is_open) throw new Error('This transaction is over: its methods were called too late.');
      const call = run();
      const end = (): boolean => running.delete(call);
      running.add(call);
      call.then(end, end);
      return call;
    },
    async close() {
      is_open = false;
      await Promise.allSettled(running);
    },
  };
}
