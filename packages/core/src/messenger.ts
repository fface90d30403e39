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
import { createIdentifier, type Identifier } from './identity.js';
import { createMarks } from './marks.js';
import { createNewestPages } from './newest-pages.js';
import { type Limits, type MessengerOptions, resolveLimits } from './options.js';
import type { Logger } from './ports/index.js';
import { createPresence, type Presence } from './presence.js';
import { createRateGate } from './rate-gate.js';
import { validate } from './validate.js';
import { createWriteQueue } from './write-queue.js';

/** Chat in this process. Every method takes the caller first: the identity never comes from the input. */
export interface Messenger extends Methods<[caller: Caller | null]> {
  /** Brings the schema up to date and loads what is needed; nothing else works before. */
  start(): Promise<void>;
  /** Lets what is running finish, writes what waits, and closes the storage. */
  close(): Promise<void>;
  /** Any use case by its name, with untrusted input. @throws MessengerError, and nothing else. */
  call<N extends MethodName>(name: N, input: Input<N>, caller: Caller | null): Promise<Output<N>>;
  /** Who is calling; null when nobody we know. */
  identify: Identifier['identify'];
  /** The caller for one of the host's own users, who is created at first sight: for calls from the host's code. */
  asUser: Identifier['asUser'];
  /** Hears every event: durable ones after the commit they tell of, and typing. Returns how to stop. */
  subscribe(listener: (event: Event) => void): () => void;
  /** Rejects when the storage cannot be reached. */
  ping(): Promise<void>;
  presence: Presence;
  limits: Limits;
  logger: Logger;
}

export function createMessenger(options: MessengerOptions): Messenger {
  const { storage } = options;
  const clock = options.clock ?? { now: Date.now };
  const logger = options.logger ?? createStderrLogger();
  const bus = options.bus ?? createLocalEventBus();
  const passRate = createRateGate(options.rate_limiter ?? createMemoryRateLimiter(clock));
  const limits = resolveLimits(options.limits);
  const presence = createPresence(storage, clock);
  /** What somebody makes of an event must not stop the queue that the next ones come from. */
  const guarded = (what: string, run: (event: Event) => void) => (event: Event) => {
    try {
      run(event);
    } catch (error) {
      logger.error(`${what} failed.`, { type: event.type, error: textOf(error) });
    }
  };
  const publish = guarded('Publishing an event', (event) => bus.publish(event));
  const queue = createWriteQueue({ storage, decide: createDecide(limits), publish, capacity: limits.pending_writes });
  const marks = createMarks({ storage, publish, delay_ms: options.marks_delay_ms ?? 200 });
  let accounts: Accounts | null = null;
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
    write: queue.write,
    mark: marks.mark,
    markOwn: marks.markOwn,
    announce: publish,
  };

  async function call(name: MethodName, input: unknown, caller: Caller | null): Promise<unknown> {
    calls += 1;
    try {
      if (state !== 'running') throw new MessengerError(state === 'new' ? 'BUSY' : 'SHUTTING_DOWN');
      const useCase = Object.hasOwn(api, name) ? api[name] : undefined;
      if (!useCase) throw new MessengerError('UNKNOWN_METHOD', { field: 'method' });
      if (useCase.access === 'user' && !caller) throw new MessengerError('UNAUTHORIZED');
      const parsed = validate(useCase.input, input);
      if (useCase.rate && caller) {
        const passing = passRate(`${name}:${caller.user_id}`, useCase.rate(limits));
        if (passing) await passing;
      }
      return await useCase.run(parsed, { ...services, caller });
    } catch (error) {
      throw isMessengerError(error) ? error : internal(name, error);
    } finally {
      calls -= 1;
      if (calls === 0) onLastCall();
    }
  }

  async function shutDown(): Promise<void> {
    state = 'closed';
    // A call that is under way has work for the queues yet.
    if (calls > 0) await new Promise<void>((resolve) => (onLastCall = resolve));
    await queue.drained();
    await Promise.all([marks.drained(), presence.drained()]);
    await bus.close();
    await storage.close();
  }

  /** What we did not foresee leaves without its text; the log has it under the same id. */
  function internal(name: string, cause: unknown): MessengerError {
    const correlation_id = randomBytes(9).toString('base64url');
    logger.error('A use case failed.', { name, correlation_id, error: textOf(cause) });
    return new MessengerError('INTERNAL', { correlation_id, cause });
  }

  /** The same for what a host's code, or the storage, throws at us outside of any use case. */
  function foreseen<I, O>(name: string, run: (input: I) => Promise<O>): (input: I) => Promise<O> {
    return (input) =>
      run(input).catch((error: unknown) => {
        throw isMessengerError(error) ? error : internal(name, error);
      });
  }

  const identifier = createIdentifier({ accounts: () => accounts, identify: options.identify, storage, clock });
  const messenger = {
    call: call as Messenger['call'],
    async start() {
      await storage.migrate();
      if (options.accounts)
        accounts = await createAccounts(options.accounts, {
          storage,
          clock,
          logger,
          isClosed: () => state === 'closed',
        });
      services.accounts = accounts ?? noAccounts;
      state = 'running';
    },
    close() {
      closing ??= shutDown();
      return closing;
    },
    identify: foreseen('identify', identifier.identify),
    asUser: foreseen('asUser', identifier.asUser),
    subscribe: (listener: (event: Event) => void) => bus.subscribe(guarded('A listener', listener)),
    ping: () => storage.ping(),
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
