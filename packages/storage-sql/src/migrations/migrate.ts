import { StorageError } from '@dialect/core';
import { sql as raw } from 'kysely';
import type { SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';
import { applyMigration, type CompiledMigration } from './apply-migration.js';
import { ensureEpoch } from './ensure-epoch.js';
import { migrations as released } from './index.js';
import type { Migration } from './migration.js';
import { createJournal } from './migration-journal.js';
import { type LockTimes, takeMigrationLock } from './migration-lock.js';
import { ownTables } from './own-tables.js';

export interface MigrationStatus {
  name: string;
  /** `begun`: being applied at this moment, or cut off in the middle. `unknown`: of a newer version than this one. */
  state: 'applied' | 'begun' | 'pending' | 'unknown';
  /** Milliseconds since 1970; null when it is not applied, or was by a script. */
  applied_at: number | null;
}

export interface Migrator {
  /** Brings the schema up to date, one migration after another; `report` hears a line about each. */
  up(report?: (line: string) => void): Promise<void>;
  status(): Promise<MigrationStatus[]>;
  /** The statements that would create the schema from nothing, as a script. */
  script(): string;
}

export interface MigratorOptions {
  /** In the order in which they are applied. @default the released ones */
  migrations?: readonly Migration[];
  times?: LockTimes;
}

export function createMigrator(
  sql: Sql,
  database: SqlDatabase,
  prefix: string,
  { migrations = released, times = { lease_ms: 15_000, poll_ms: 200 } }: MigratorOptions = {},
): Migrator {
  const { db, dialect } = sql;
  const tools = { db, dialect, named: (name: string) => `${prefix}${name}` };
  const known: CompiledMigration[] = migrations.map((migration) => ({
    name: migration.name,
    texts: migration.statements(tools).map((statement) => statement.compile().sql),
  }));
  const journal = createJournal(sql, database);
  const isUnknown = ({ name }: { name: string }) => !known.some((migration) => migration.name === name);

  async function pending(): Promise<CompiledMigration[]> {
    const applied = await journal.applied();
    refuseNewer(applied.filter(isUnknown));
    return known.filter(({ name }) => !applied.some((row) => row.name === name));
  }

  return {
    async up(report = () => undefined) {
      // Nothing is created where nothing is pending: a host may run us as a user who may not.
      if ((await pending()).length > 0) {
        for (const text of ownTables(sql)) await database.write(async (connection) => connection.execute(text, []));
        const lock = await takeMigrationLock(sql, database, times, (owner) =>
          report(`Waiting for process ${owner}, which migrates.`),
        );
        try {
          // Again: whoever had the lock before has done it.
          for (const migration of await pending()) {
            report(`Migrating: ${migration.name}`);
            await applyMigration(migration, database, journal, lock);
          }
        } finally {
          await lock.release();
        }
      }
      await ensureEpoch(sql, database);
    },

    async status() {
      // In this order: what is recorded between the two has no step any more, and is found in the journal.
      const step = await journal.step();
      const applied = await journal.applied();
      const statusOf = (name: string): MigrationStatus => {
        const row = applied.find((one) => one.name === name);
        if (row) return { name, state: isUnknown(row) ? 'unknown' : 'applied', applied_at: row.applied_at || null };
        return { name, state: step?.startsWith(`${name}/`) ? 'begun' : 'pending', applied_at: null };
      };
      return [...known, ...applied.filter(isUnknown)].map(({ name }) => statusOf(name));
    },

    script() {
      const statements = known.flatMap(({ name, texts }) => [
        ...texts,
        // As text: a script has no parameters.
        db
          .insertInto('migrations')
          .values({ name: raw.lit(name), applied_at: raw.lit(0) })
          .compile().sql,
      ]);
      return [...ownTables(sql), ...statements].map((statement) => `${statement};`).join('\n');
    },
  };
}

/** An older program must not write into a schema it does not know. */
function refuseNewer(unknown: readonly { name: string }[]): void {
  if (unknown.length === 0) return;
  const names = unknown.map(({ name }) => name).join(', ');
  throw new StorageError(`The database was migrated by a newer version of Dialect (${names}): update this one.`);
}
