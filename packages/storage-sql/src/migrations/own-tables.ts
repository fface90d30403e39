import type { Sql } from '../statement.js';

/** The statements that make what migrating itself needs, where it is not there yet. */
export function ownTables({ db, dialect }: Sql): string[] {
  const { integer, key } = dialect.types;
  const journal = db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', key(64), (column) => column.primaryKey().notNull())
    .addColumn('applied_at', integer, (column) => column.notNull());
  const lock = db.schema
    .createTable('migration_lock')
    .ifNotExists()
    .addColumn('name', key(16), (column) => column.primaryKey().notNull())
    .addColumn('owner', key(64), (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .addColumn('step', key(128));
  return [lock, journal].map((table) => dialect.finishTable(table).compile().sql);
}
