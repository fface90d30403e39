import { expect, it, vi } from 'vitest';
import { migrations as released } from '../src/migrations/index.js';
import { takeMigrationLock } from '../src/migrations/migration-lock.js';
import { createSql } from '../src/statement.js';
import { createTestDatabase, describeDatabases, type TestDatabase } from './databases.js';
import { expectMigrated } from './expect-migrated.js';
import { all, further } from './further-migrations.js';
import { startMigrating } from './migrating.js';
import { createTestMigrator, reach } from './migrators.js';
import { boundariesOf } from './observed-database.js';
import { rowsOf } from './snapshot.js';

// A process starts in every test, and on a busy machine it takes its time.
vi.setConfig({ testTimeout: 60_000 });

const times = { lease_ms: 150, poll_ms: 20 };

describeDatabases('a crash while migrating', (kind) => {
  const boundaries = boundariesOf(further, kind.dialect);

  /** Those whose lock had to run out before somebody else could have it. */
  async function ownersBefore(database: TestDatabase): Promise<string[]> {
    const opened = database.open();
    const owners: string[] = [];
    const sql = createSql(opened.dialect, 'dialect_');
    const lock = await takeMigrationLock(sql, opened, times, (owner) => owners.push(owner));
    await lock.release();
    return owners;
  }

  /** A process that is about to migrate a database with data. */
  async function begin() {
    const database = await createTestDatabase(kind);
    const [process] = await Promise.all([
      startMigrating(database, { count: all.length, times, is_stepwise: true }),
      reach(database, released.length),
    ]);
    return { database, before: await rowsOf(database), process };
  }

  it('can come at every boundary that a migration passes', async () => {
    const { database, before, process } = await begin();
    expect(await process.rest()).toEqual([...boundaries, 'done']);
    await expectMigrated(database, before);
    expect(await ownersBefore(database)).toEqual([]);
  });

  it.each(boundaries)('%s is made good by the next process', async (boundary) => {
    const { database, before, process } = await begin();
    await process.reach(boundary);
    await process.kill();

    const migrator = createTestMigrator(database, { times });
    await migrator.up();
    await expectMigrated(database, before);
    expect((await migrator.status()).map(({ state }) => state)).toEqual(all.map(() => 'applied'));
    // Who finds nothing to do leaves the lock alone; whoever needs it next gets it from the dead.
    expect(await ownersBefore(database)).toHaveLength(boundary === boundaries.at(-1) ? 1 : 0);
  });

  if (!kind.is_stepwise) return;

  it('leaves no hole where the server died between the step and its statement', async () => {
    const { database, before, process } = await begin();
    await process.reach('committed 901-notes/0');
    await process.kill();
    await database.sql("update dialect_migration_lock set step = '901-notes/1'");
    await createTestMigrator(database, { times }).up();
    await expectMigrated(database, before);
  });
});
