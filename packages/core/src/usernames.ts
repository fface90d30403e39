import type { EventBus, Logger, Storage, UsernameFilter, UsernameSnapshot } from './ports/index.js';
import { createRest } from './rest.js';
import { openSnapshot, sealSnapshot } from './username-snapshot.js';

/** Names of one query: on SQLite the event loop waits for it. */
const page_size = 1_000;
/**
 * Ids are handed out before their rows are committed, so a row may appear below one that was seen already. Longer than
 * this many others take no registration.
 */
const overlap_ids = 1_000;
const top_up_ms = 60_000;
const save_ms = 3_600_000;
const refill_ms = 24 * 3_600_000;
/** Between two pages when nobody waits for them. */
const calm_ms = 5;

/** Which names are taken, as far as this process can tell without asking the database. */
export interface Usernames {
  /** False: free, unless a node without our bus has just given it away; then the registration itself refuses. */
  mayContain(username_key: string): boolean;
  /** Somebody was given this name, by registering or by changing it: known here at once, elsewhere by the bus. */
  taken(username_key: string): void;
  /** Stops reading, and saves what is known. */
  close(): Promise<void>;
}

/**
 * Fills the filter and keeps it true. The database answers until it is filled: from the snapshot, topped up by the users
 * that are newer, within a moment; else from all users. Then every user is read once more in the background and again
 * once a day, because a name that was changed since has no new id to be found by, and so that names that became free are
 * free here too.
 */
export function keepUsernames(options: {
  filter: UsernameFilter;
  snapshot: UsernameSnapshot | null;
  storage: Storage;
  bus: EventBus;
  logger: Logger;
}): Usernames {
  const { filter, snapshot, storage, bus, logger } = options;
  const rest = createRest();
  let is_filled = false;
  /** Something is known that the snapshot does not hold. */
  let is_unsaved = false;
  let last_id = 0;
  let filled_at = 0;
  let saved_at = performance.now();

  function add(username_key: string): void {
    filter.add(username_key);
    is_unsaved = true;
  }

  async function* pages(after_id: number, pause_ms: number, reached: (id: number) => void): AsyncGenerator<string[]> {
    for (let from = after_id; ; ) {
      if (rest.is_over) throw new Error('The messenger is closing.');
      const names = await storage.users.usernames(from, page_size);
      const last = names.at(-1);
      if (!last) return;
      from = last.id;
      yield names.map((name) => name.username_key);
      // Not before the filter has them: whoever saves in between would leave them out for good.
      reached(from);
      if (pause_ms > 0) await rest.wait(pause_ms);
    }
  }

  async function topUp(): Promise<void> {
    const reached = (id: number): void => {
      if (id > last_id) is_unsaved = true;
      last_id = Math.max(last_id, id);
    };
    for await (const names of pages(Math.max(0, last_id - overlap_ids), 0, reached)) {
      for (const name of names) filter.add(name);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function fill(): Promise<void> {
    const start = performance.now();
    let highest = 0;
    await filter.fill(pages(0, is_filled ? calm_ms : 0, (id) => (highest = id)));
    last_id = Math.max(last_id, highest);
    is_filled = true;
    is_unsaved = true;
    filled_at = performance.now();
    report('The username filter is filled from the database.', start);
  }

  async function loadSnapshot(): Promise<void> {
    const start = performance.now();
    const bytes = await snapshot?.load();
    if (!bytes || !filter.load) return;
    const opened = await openSnapshot(bytes);
    if (!opened) return logger.warn('The snapshot of the usernames is damaged and is not used.');
    const { header, content } = opened;
    if (header.epoch !== (await storage.epoch())) {
      return logger.warn('The snapshot of the usernames is of another database and is not used.');
    }
    last_id = header.last_id;
    // Before it answers: a name that is newer than the snapshot must not be called free.
    await topUp();
    if (!filter.load(content)) return logger.warn('The snapshot of the usernames has another form and is not used.');
    is_filled = true;
    report('The username filter is filled from its snapshot.', start);
  }

  async function save(): Promise<void> {
    if (!snapshot || !filter.save || !is_filled || !is_unsaved) return;
    // First: what comes while it is written belongs to the next snapshot.
    is_unsaved = false;
    try {
      await snapshot.save(sealSnapshot({ epoch: await storage.epoch(), last_id }, filter.save()));
      saved_at = performance.now();
    } catch (error) {
      is_unsaved = true;
      throw error;
    }
  }

  function report(message: string, start: number): void {
    const seconds = Math.round(performance.now() - start) / 1_000;
    logger.info(message, { ...filter.size?.(), seconds });
  }

  /** What a step could not do is tried again a minute later; meanwhile the filter answers as it did. */
  async function attempt(step: () => Promise<void>, failed: string): Promise<void> {
    try {
      await step();
    } catch (error) {
      // Nobody asks any more.
      if (rest.is_over && step !== save) return;
      logger.warn(failed, { error: String(error) });
    }
  }

  // One at a time: both would write the same file.
  let saving = Promise.resolve();
  function tryToSave(): Promise<void> {
    saving = saving.then(() => attempt(save, 'The snapshot of the usernames could not be saved.'));
    return saving;
  }

  async function keep(): Promise<void> {
    await attempt(loadSnapshot, 'The snapshot of the usernames could not be read.');
    while (!rest.is_over) {
      if (filled_at === 0 || performance.now() - filled_at > refill_ms) {
        await attempt(fill, 'The username filter could not be filled; what it does not know the database answers.');
        await tryToSave();
      } else {
        await attempt(topUp, 'The username filter could not be topped up.');
        if (performance.now() - saved_at > save_ms) await tryToSave();
      }
      await rest.wait(top_up_ms);
    }
  }

  const stopListening = bus.subscribe((event) => {
    if (event.type === 'username_taken') add(event.username_key);
  });
  const stopWatching = bus.onGap(rest.wake);
  // Not awaited, neither now nor when it ends: a database that does not answer holds up nobody here.
  void keep();

  return {
    mayContain: (username_key) => filter.mayContain(username_key),
    taken(username_key) {
      // Not only by the bus: one over a network brings it back a moment later, or not at all.
      add(username_key);
      bus.publish({ type: 'username_taken', username_key });
    },
    async close() {
      stopListening();
      stopWatching();
      rest.end();
      await tryToSave();
    },
  };
}
