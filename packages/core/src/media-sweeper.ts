import { deleteMedia } from './delete-media.js';
import type { BlobStore, Clock, Logger, Media } from './ports/index.js';

/** Files in one step: a step is short, and others write between two of them. */
const slice = 100;
const hour_ms = 3_600_000;
const longest_interval_ms = 600_000;

export interface MediaSweeper {
  start(): void;
  /** Deletes everything that is due. Several nodes may do so at the same time. */
  sweep(): Promise<void>;
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Deletes files that were uploaded and never used, with what an upload left that died in the middle. */
export function createMediaSweeper(options: {
  media: Media;
  blobs: BlobStore;
  clock: Clock;
  logger: Logger;
  /** Infinity: never. */
  unused_hours: number;
}): MediaSweeper {
  const { media, blobs, clock, logger, unused_hours } = options;
  let timer: NodeJS.Timeout | null = null;
  let is_stopped = false;
  let running: Promise<void> | null = null;

  async function sweep(): Promise<void> {
    for (let count = slice; count === slice && !is_stopped; ) {
      const at = clock.now();
      // With Infinity nothing is ever old enough, and what was condemned for another reason still goes.
      const before = Math.max(at - unused_hours * hour_ms, 0);
      const names = await media.condemnUnused({ before, at, limit: slice });
      await deleteMedia(names, media, blobs);
      count = names.length;
    }
  }

  function run(): void {
    running ??= sweep()
      .catch((error: unknown) => logger.warn('Unused files could not be deleted.', { error: String(error) }))
      .finally(() => {
        running = null;
      });
  }

  return {
    sweep,
    start() {
      const due_ms = Math.max((unused_hours * hour_ms) / 2, 1_000);
      timer = setInterval(run, Math.min(due_ms, longest_interval_ms)).unref();
      run();
    },
    async stop() {
      is_stopped = true;
      if (timer) clearInterval(timer);
      await running;
    },
  };
}
