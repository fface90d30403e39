import { createSqlStorage } from '@dialect/storage-sql';
import { expect, it } from 'vitest';
import { migrations as released } from '../src/migrations/index.js';
import { checkMessenger } from './check-messenger.js';
import { createTestDatabase, describeDatabases } from './databases.js';
import { all, further } from './further-migrations.js';
import { startMigrating } from './migrating.js';
import { createTestMigrator, reach } from './migrators.js';
import { rowsOf, schemaOf, tablesOf } from './snapshot.js';

const names = all.map(({ name }) => name);

describeDatabases('the state of the migrations', (kind) => {
  it('is pending of an empty database, in which asking creates nothing', async () => {
    const database = await createTestDatabase(kind);
    const storage = createSqlStorage(database.open());
    expect(await storage.migrationStatus()).toEqual(
      released.map(({ name }) => ({ name, state: 'pending', applied_at: null })),
    );
    expect(await tablesOf(database)).toEqual([]);
  });

  it('is applied of those that were, and pending of the others', async () => {
    const database = await createTestDatabase(kind);
    await reach(database, released.length);
    expect(await createTestMigrator(database).status()).toEqual([
      ...released.map(({ name }) => ({ name, state: 'applied', applied_at: expect.any(Number) })),
      ...further.map(({ name }) => ({ name, state: 'pending', applied_at: null })),
    ]);
  });

  it('is begun in the middle of the first migration of all, and after a crash there', async () => {
    const database = await createTestDatabase(kind);
    const process = await startMigrating(database, {
      count: 1,
      times: { lease_ms: 150, poll_ms: 20 },
      is_stepwise: true,
    });
    await process.reach('after 001-messenger/5');
    const migrator = createTestMigrator(database, { migrations: released, times: { lease_ms: 150, poll_ms: 20 } });
    const state = kind.is_stepwise ? 'begun' : 'pending';
    const states = released.map(({ name }, index) => ({
      name,
      state: index === 0 ? state : 'pending',
      applied_at: null,
    }));
    expect(await migrator.status()).toEqual(states);
    await process.kill();
    expect(await migrator.status()).toEqual(states);
    await migrator.up();
    expect((await migrator.status()).map((one) => one.state)).toEqual(released.map(() => 'applied'));
    const fresh = await createTestDatabase(kind);
    await createTestMigrator(fresh, { migrations: released }).up();
    expect(await schemaOf(database)).toEqual(await schemaOf(fresh));
  });

  it('is unknown of what a newer version has applied, which an older one refuses without a trace', async () => {
    const database = await createTestDatabase(kind);
    await reach(database, all.length);
    const storage = createSqlStorage(database.open());
    expect((await storage.migrationStatus()).map(({ name, state }) => [name, state])).toEqual([
      ...released.map(({ name }) => [name, 'applied']),
      ...further.map(({ name }) => [name, 'unknown']),
    ]);
    const before = [await schemaOf(database), await rowsOf(database)];
    const lock = await database.sql('select * from dialect_migration_lock');
    await expect(storage.migrate()).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringContaining(further.map(({ name }) => name).join(', ')),
    });
    expect([await schemaOf(database), await rowsOf(database)]).toEqual(before);
    expect(await database.sql('select * from dialect_migration_lock')).toEqual(lock);
  });

  it('is refused too when there is something to do beside the unknown', async () => {
    const database = await createTestDatabase(kind);
    const [notes, tallies] = further;
    await createTestMigrator(database, { migrations: [...released, tallies] }).up();
    const before = [await schemaOf(database), await rowsOf(database)];
    const migrator = createTestMigrator(database, { migrations: [...released, notes] });
    expect((await migrator.status()).map(({ state }) => state)).toEqual([
      ...released.map(() => 'applied'),
      'pending',
      'unknown',
    ]);
    await expect(migrator.up()).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringMatching(/newer version.*902-tallies/),
    });
    expect([await schemaOf(database), await rowsOf(database)]).toEqual(before);
  });

  it('is applied after the script, which makes what migrating makes, statement by statement', async () => {
    const migrated = await createTestDatabase(kind);
    await createTestMigrator(migrated).up();
    const scripted = await createTestDatabase(kind);
    const migrator = createTestMigrator(scripted);
    const statements = migrator.script().split(';\n');
    for (const statement of statements) await scripted.sql(statement.replace(/;$/, ''));
    expect(statements.length).toBeGreaterThan(15);
    expect(await schemaOf(scripted)).toEqual(await schemaOf(migrated));
    expect(await migrator.status()).toEqual(names.map((name) => ({ name, state: 'applied', applied_at: null })));

    const lines: string[] = [];
    const up = () => migrator.up((line) => lines.push(line));
    await checkMessenger({ ...createSqlStorage(scripted.open()), migrate: up }, false);
    expect(lines).toEqual([]);
    expect(await schemaOf(scripted)).toEqual(await schemaOf(migrated));
  });

  it('has no writing to do once it is applied', async () => {
    const database = await createTestDatabase(kind);
    await createTestMigrator(database, { migrations: released }).up();
    let writes = 0;
    const opened = database.open();
    const storage = createSqlStorage({
      ...opened,
      write(work) {
        writes += 1;
        return opened.write(work);
      },
    });
    await storage.migrate();
    expect(writes).toBe(0);
  });
});
