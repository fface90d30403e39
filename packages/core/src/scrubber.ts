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
export function createScrubber(storage: Storage, logger: Logger): Scrubber {
  let is_stopped = false;
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
    }
    running = null;
  }

  return {
    wake() {
      has_work = true;
      if (!is_stopped) running ??= run();
    },
    async stop() {
      is_stopped = true;
      await running;
    },
  };
}
