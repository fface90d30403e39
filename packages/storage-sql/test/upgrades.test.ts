import { createSqlStorage } from '@dialect/storage-sql';
import { expect, it } from 'vitest';
import { migrations as released } from '../src/migrations/index.js';
import { checkMessenger } from './check-messenger.js';
import { createTestDatabase, describeDatabases } from './databases.js';
import { fills } from './fills.js';
import { all } from './further-migrations.js';
import { createTestMigrator, reach } from './migrators.js';
import { asBefore, rowsOf, schemaOf } from './snapshot.js';

describeDatabases('an upgrade', (kind) => {
  const states = (migrations: readonly { name: string }[]) =>
    [{ name: 'nothing' }, ...migrations].map(({ name }, count) => ({ count, name }));

  it.each(states(released))(
    'from $name to this version keeps everything, and a messenger goes on',
    async ({ count }) => {
      const database = await createTestDatabase(kind);
      await reach(database, count);
      const before = await rowsOf(database);

      const storage = createSqlStorage(database.open());
      await storage.migrate();
      expect(asBefore(await rowsOf(database), before)).toEqual(before);
      expect((await storage.migrationStatus()).map(({ state }) => state)).toEqual(released.map(() => 'applied'));
      await checkMessenger(storage, count > 0);
    },
  );

  it.each(states(all))(
    'from $name to a version to come keeps everything, and a messenger goes on',
    async ({ count }) => {
      const database = await createTestDatabase(kind);
      await reach(database, count);
      const before = await rowsOf(database);

      const migrator = createTestMigrator(database);
      await migrator.up();
      expect(asBefore(await rowsOf(database), before)).toEqual(before);
      // The rows that a migration makes of what was there, and makes once.
      const tallies = await database.sql('select chat_id, messages from dialect_tallies order by chat_id');
      const counted = [
        { chat_id: 1, messages: 3 },
        { chat_id: 2, messages: count < all.length ? 2 : 102 },
        // Of the second migration's time.
        ...(count < 2 ? [] : [{ chat_id: 3, messages: 1 }]),
      ];
      expect(tallies).toEqual(count === 0 ? [] : counted);

      const fresh = await createTestDatabase(kind);
      await createTestMigrator(fresh).up();
      expect(await schemaOf(database)).toEqual(await schemaOf(fresh));
      await checkMessenger({ ...createSqlStorage(database.open()), migrate: () => migrator.up() }, count > 0);
    },
  );

  it('has data to keep in every table that a migration makes', async () => {
    const database = await createTestDatabase(kind);
    await reach(database, all.length);
    for (const [table, rows] of Object.entries(await rowsOf(database))) expect(rows.length, table).toBeGreaterThan(0);
    expect(Object.keys(fills)).toEqual(all.map(({ name }) => name));
  });
});
