import { createSqlStorage } from '@dialect/storage-sql';
import { expect, it } from 'vitest';
import { migrations as released } from '../src/migrations/index.js';
import { createTestDatabase, describeDatabases } from './databases.js';
import { createTestMigrator } from './migrators.js';
import { schemaOf } from './snapshot.js';

describeDatabases("a host's own table with the name of one of ours", (kind) => {
  const isThere = { message: expect.stringMatching(/already exists/) };

  it.each(['meta', 'users', 'read_log'])('keeps the first migration from passing it by: %s', async (name) => {
    const database = await createTestDatabase(kind);
    await database.sql(`create table dialect_${name} (plate varchar(20), wheels integer)`);
    await database.sql(`insert into dialect_${name} (plate, wheels) values ('HH-AB 12', 4)`);
    const storage = createSqlStorage(database.open());
    // However often it is tried: what failed is not what a crash has left half done.
    for (let attempt = 1; attempt <= 3; attempt++) {
      await expect(storage.migrate()).rejects.toMatchObject(isThere);
      expect(await database.sql('select name from dialect_migrations')).toEqual([]);
      expect(await database.sql(`select * from dialect_${name}`)).toEqual([{ plate: 'HH-AB 12', wheels: 4 }]);
    }

    // And once it is out of the way, the rest follows.
    await database.sql(`alter table dialect_${name} rename to cars`);
    await storage.migrate();
    expect(await database.sql('select * from cars')).toEqual([{ plate: 'HH-AB 12', wheels: 4 }]);
    await database.sql('drop table cars');
    const fresh = await createTestDatabase(kind);
    await createTestMigrator(fresh, { migrations: released }).up();
    expect(await schemaOf(database)).toEqual(await schemaOf(fresh));
  });

  it.each(['migrations', 'migration_lock'])('is not taken for what migrating itself needs: %s', async (name) => {
    const database = await createTestDatabase(kind);
    await database.sql(`create table dialect_${name} (bird varchar(20), leaves_at integer)`);
    await database.sql(`insert into dialect_${name} (bird, leaves_at) values ('swallow', 9)`);
    const storage = createSqlStorage(database.open());
    for (let attempt = 1; attempt <= 2; attempt++) {
      await expect(storage.migrate()).rejects.toMatchObject({ message: expect.stringMatching(/column/i) });
      expect(await database.sql(`select * from dialect_${name}`)).toEqual([{ bird: 'swallow', leaves_at: 9 }]);
    }
    await expect(storage.migrationStatus()).rejects.toMatchObject({ message: expect.stringMatching(/column/i) });
  });
});
