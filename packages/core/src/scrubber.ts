import type { Logger, Storage } from './ports/index.js';

/** Rows emptied in one transaction: few enough that nobody waits for it. */
const slice = 500;

export interface Scrubber {
  /** There may be something to empty: at the start, and after a history was cleared for everyone. */
  wake(): void;
  /** Stops between two slices; the rest is found at the next start. */
  stop(): Promise<void>;
}

/** Empties the rows of cleared histories behind everybody's back: they are out of sight from the clearing on. */
export function createScrubber(storage: Storage, logger: Logger, { retry_ms = 60_000 } = {}): Scrubber {
  let is_stopped = false;
  let retry: NodeJS.Timeout | undefined;
  let has_work = false;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    try {
      while (has_work && !is_stopped) {
        // Before the look and not after it: a history may be cleared meanwhile, which the look has missed.
        has_work = false;
        if (await storage.messages.scrub(slice)) has_work = true;
      }
    } catch (error) {
      logger.warn('A cleared history could not be emptied; it is tried again later.', { error: String(error) });
      // Nobody may ever clear a history again, and what these people have cleared must not stay until the next start.
      retry = setTimeout(wake, retry_ms).unref();
    }
    running = null;
  }

  function wake(): void {
    clearTimeout(retry);
    has_work = true;
    if (!is_stopped) running ??= run();
  }

  return {
    wake,
    async stop() {
      is_stopped = true;
      clearTimeout(retry);
      await running;
    },
  };
}
