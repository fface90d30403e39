import type { Storage } from '../../ports/index.js';
import type { StorageProbe } from './probe.js';

/** A database of its own for one test, as an adapter's test provides it. */
export interface TestDatabase {
  /**
   * A storage on this database, not yet migrated. Called once, unless the contract may open several at the same time.
   * `prefix`: what stands before the names of its tables, `dialect_` when not given.
   */
  open(options?: { prefix?: string }): Storage;
  /** Looks at the same database without the storage: `sqlProbe` for those that are built on `@dialect/storage-sql`. */
  probe: StorageProbe;
  /** Removes the database and checks that nothing of it is left. Every storage is closed by then. */
  remove(): Promise<void>;
}

/** What a case works with. */
export interface Bed {
  /** Migrated and empty. */
  storage: Storage;
  /** Another storage on the same database; closed with the bed. */
  another(options?: { prefix?: string }): Storage;
  probe: StorageProbe;
}

/** Runs the check on a database of its own, and leaves nothing behind however it ends. */
export async function withBed(
  create: () => TestDatabase | Promise<TestDatabase>,
  check: (bed: Bed) => Promise<void> | void,
): Promise<void> {
  const database = await create();
  const opened: Storage[] = [];
  const another: Bed['another'] = (options) => {
    const storage = database.open(options);
    opened.push(storage);
    return storage;
  };
  try {
    const storage = another();
    await storage.migrate();
    await check({ storage, another, probe: database.probe });
  } finally {
    for (const storage of opened) await storage.close();
    await database.remove();
  }
}
