import { expect, it, vi } from 'vitest';
import { createTestDatabase, describeDatabases, type TestDatabase } from './databases.js';
import { expectMigrated } from './expect-migrated.js';
import { all, further } from './further-migrations.js';
import { startMigrating } from './migrating.js';
import { createTestMigrator, reach } from './migrators.js';
import { boundariesOf } from './observed-database.js';
import { rowsOf } from './snapshot.js';

// Several processes start in one test, and on a busy machine each takes its time.
vi.setConfig({ testTimeout: 60_000 });

const century_ms = 100 * 365 * 86_400_000;
/** Long enough that a busy machine does not keep an owner from its three signs of life for so long. */
const times = { lease_ms: 1_500, poll_ms: 20 };

describeDatabases('the migration lock', (kind) => {
  /** Where nobody is inside a transaction, and something is still to come. */
  const [idle, later] = boundariesOf(further, kind.dialect).filter((one) => one.startsWith('committed')) as [
    string,
    string,
  ];
  const pause = () => new Promise((resolve) => setTimeout(resolve, times.poll_ms));

  const lockOf = async ({ sql }: TestDatabase) =>
    (await sql('select owner, expires_at from dialect_migration_lock'))[0];

  /** Resolves when the owner has given so many signs of life. @throws when it is somebody else by then */
  async function renewals(database: TestDatabase, count: number): Promise<void> {
    const first = await lockOf(database);
    const seen = new Set<unknown>();
    while (seen.size < count) {
      const lock = await lockOf(database);
      expect(lock).toMatchObject({ owner: first?.owner });
      seen.add(lock?.expires_at);
      await pause();
    }
  }

  /** Somebody else who wants to migrate as well. */
  function startWaiting(database: TestDatabase) {
    const lines: string[] = [];
    const run = createTestMigrator(database, { times }).up((line) => lines.push(line));
    const waits = async () => {
      const first = await Promise.race([run.then(() => 'It did not wait.'), lineOf(lines)]);
      expect(first).toContain('Waiting for process');
    };
    return { run, waits, lines };
  }

  async function lineOf(lines: string[]): Promise<string | undefined> {
    while (lines.length === 0) await pause();
    return lines[0];
  }

  /** A process that is about to migrate a database with data. */
  async function begin(clock_offset_ms = 0) {
    const database = await createTestDatabase(kind);
    const [owner] = await Promise.all([
      startMigrating(database, { count: all.length, times, is_stepwise: true, clock_offset_ms }),
      reach(database, 1),
    ]);
    return { database, before: await rowsOf(database), owner };
  }

  it.each([2, 5])('lets %i processes that start at once run every statement once', async (count) => {
    const database = await createTestDatabase(kind);
    // Nobody dies here, and on a busy machine nobody may be taken for dead.
    const options = { count: all.length, times: { lease_ms: 60_000, poll_ms: 20 }, is_stepwise: false };
    const processes = await Promise.all(Array.from({ length: count }, () => startMigrating(database, options)));
    const said = (await Promise.all(processes.map((process) => process.rest()))).flat();
    expect(said.filter((line) => line === 'done')).toHaveLength(count);
    expect(said.filter((line) => line !== 'done')).toEqual(boundariesOf(all, kind.dialect));
    const journal = await database.sql('select name from dialect_migrations order by name');
    expect(journal).toEqual(all.map(({ name }) => ({ name })));
  });

  it.each([
    ['a century behind', -century_ms],
    ['a century ahead', century_ms],
  ])('is not taken from a slow owner, but from a dead one, whose clock is %s', async (_, clock_offset_ms) => {
    const { database, before, owner } = await begin(clock_offset_ms);
    await owner.reach(idle);
    const waiting = [startWaiting(database), startWaiting(database)];
    await Promise.all(waiting.map((one) => one.waits()));
    // Two leases: there are three signs of life in each.
    await renewals(database, 7);
    expect(waiting.map(({ lines }) => lines.length)).toEqual([1, 1]);
    await owner.kill();
    await Promise.all(waiting.map((one) => one.run));
    await expectMigrated(database, before);
  });

  it('lets a slow owner finish, and those who waited find nothing to do', async () => {
    const { database, before, owner } = await begin();
    await owner.reach(idle);
    const waiting = [startWaiting(database), startWaiting(database)];
    await Promise.all(waiting.map((one) => one.waits()));
    await renewals(database, 10);
    expect((await owner.rest()).at(-1)).toBe('done');
    await Promise.all(waiting.map((one) => one.run));
    expect(waiting.flatMap(({ lines }) => lines).filter((line) => !line.startsWith('Waiting'))).toEqual([]);
    await expectMigrated(database, before);
  });

  it('is taken from an owner that was suspended, who stops at its next statement', async () => {
    const { database, before, owner } = await begin();
    await owner.reach(idle);
    owner.process.kill('SIGSTOP');
    const heir = await startMigrating(database, { count: all.length, times, is_stepwise: true });
    await heir.reach(later);
    const lock = await lockOf(database);
    owner.process.kill('SIGCONT');
    expect(await owner.rest()).toEqual([expect.stringMatching(/^failed .*Another process has taken over/)]);
    // It gave away nothing that was no longer its own.
    expect(await lockOf(database)).toMatchObject({ owner: lock?.owner });
    expect((await heir.rest()).at(-1)).toBe('done');
    await expectMigrated(database, before);
  });

  it('is not taken from an owner that was suspended between the lock and the statement', async () => {
    const { database, before, owner } = await begin();
    await owner.reach('before 902-tallies/1');
    owner.process.kill('SIGSTOP');
    const waiting = startWaiting(database);
    await new Promise((resolve) => setTimeout(resolve, 2 * times.lease_ms));
    expect(waiting.lines).toEqual([]);
    owner.process.kill('SIGCONT');
    expect((await owner.rest()).at(-1)).toBe('done');
    await waiting.run;
    await expectMigrated(database, before);
  });
});
