import type { SqlDatabase } from '@dialect/storage-sql';
import { createMigrator, type Migrator, type MigratorOptions } from '../src/migrations/migrate.js';
import { createSql } from '../src/statement.js';
import type { TestDatabase } from './databases.js';
import { fills } from './fills.js';
import { all } from './further-migrations.js';

/** All migrations, if not told which. */
export function migratorOver(database: SqlDatabase, options: MigratorOptions = {}): Migrator {
  return createMigrator(createSql(database.dialect, 'dialect_'), database, 'dialect_', { migrations: all, ...options });
}

/** On connections of its own, which makes it somebody else to the others. */
export function createTestMigrator(database: TestDatabase, options: MigratorOptions = {}): Migrator {
  return migratorOver(database.open(), options);
}

/** Brings the database to the state after the first migrations, each of them with its data. */
export async function reach(database: TestDatabase, count: number): Promise<void> {
  for (const [index, { name }] of all.slice(0, count).entries()) {
    await createTestMigrator(database, { migrations: all.slice(0, index + 1) }).up();
    await fills[name](database.sql);
  }
}
