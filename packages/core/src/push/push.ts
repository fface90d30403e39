import type { BusEvent, Clock, Logger, PushSender, Storage } from '../ports/index.js';
import type { Presence } from '../presence.js';
import { deliverDue } from './deliver.js';
import { expandOutbox } from './expand.js';
import { type PushOptions, resolvePushOptions } from './options.js';
import { createSendPush } from './send.js';

/** Rounds of sending at the same time: a push service that is slow for one device must not hold up the others. */
const lanes = 4;
const farewell_ms = 1_000;

export interface Push {
  start(): void;
  /** Something was committed: whoever is not there is told of it soon. Costs the caller nothing but a timer. */
  hear(event: BusEvent): void;
  /** Sends no more. What is under way has a moment to end; the rest stays in the storage. */
  close(): Promise<void>;
}

/** Tells those who are not connected. Everything it knows is in the storage: the timers here only say when to look. */
export function createPush(parts: {
  sender: PushSender;
  storage: Storage;
  presence: Presence;
  clock: Clock;
  logger: Logger;
  options: PushOptions | undefined;
}): Push {
  const { sender, storage, presence, clock, logger } = parts;
  const options = resolvePushOptions(parts.options);
  // Well before others may take what was taken here.
  const send = createSendPush(sender, logger, { timeout_ms: options.lease_ms * 0.75 });
  /** Whose last connection ended since the last look, and whether it had received what was written to it. */
  let gone = new Map<number, boolean>();
  /** When what has come since the last look has been gathered; null when nothing has. */
  let ripe_at: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let timer_at = 0;
  let looking: Promise<void> | null = null;
  const sending = new Set<Promise<void>>();
  let is_closed = true;

  function lookWithin(ms: number): void {
    const at = performance.now() + ms;
    if (is_closed || (timer && timer_at <= at)) return;
    if (timer) clearTimeout(timer);
    timer_at = at;
    timer = setTimeout(look, ms);
    timer.unref();
  }

  function gather(): void {
    ripe_at ??= performance.now() + options.gather_ms;
    lookWithin(options.gather_ms);
  }

  function look(): void {
    timer = null;
    // One look at a time; what came meanwhile is seen by the next.
    looking ??= guarded(prepare).finally(() => {
      looking = null;
      if (!is_closed && sending.size < lanes) startSending();
      lookWithin(ripe_at === null ? options.poll_ms : Math.max(1, ripe_at - performance.now()));
    });
  }

  async function prepare(): Promise<void> {
    // A look for something else must not cut short what is being gathered.
    if (ripe_at !== null && performance.now() < ripe_at) return;
    ripe_at = null;
    await release();
    let wait_ms: number | null = 0;
    while (!is_closed && wait_ms === 0) wait_ms = await expandOutbox({ storage, presence, clock }, options);
    if (wait_ms !== null) ripe_at = Math.min(ripe_at ?? Number.POSITIVE_INFINITY, performance.now() + wait_ms);
  }

  function startSending(): void {
    const work = guarded(async () => {
      while (!is_closed && (await deliverDue({ storage, presence, clock, logger, send }, options)));
    });
    sending.add(work);
    void work.finally(() => sending.delete(work));
  }

  /** Who has come back meanwhile is not gone; the others need not wait for their hold to end. */
  async function release(): Promise<void> {
    if (gone.size === 0) return;
    const left = [...gone].filter(([user_id]) => !presence.isConnected(user_id));
    gone = new Map();
    const idsOf = (has_received: boolean) =>
      left.flatMap(([user_id, received]) => (received === has_received ? user_id : []));
    await storage.pushes.forget(idsOf(true), clock.now());
    await storage.pushes.hurry(idsOf(false), clock.now());
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The rows are there: the next look goes on with them.
      if (!is_closed) logger.error('Looking after push failed.', { error: String(error) });
    }
  }

  presence.onGone((user_id, has_received) => {
    gone.set(user_id, has_received);
    gather();
  });

  return {
    start() {
      is_closed = false;
      lookWithin(0);
    },
    hear(event) {
      if (event.type === 'message_created') gather();
    },
    async close() {
      is_closed = true;
      if (timer) clearTimeout(timer);
      // The server's own end is the orderly end of many connections.
      await guarded(release);
      const ended = Promise.all([looking, ...sending]);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, farewell_ms).unref())]);
      await sender.close();
    },
  };
}
