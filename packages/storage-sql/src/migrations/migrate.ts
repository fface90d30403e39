import { randomUUID } from 'node:crypto';
import { StorageError } from '@dialect/core';
import { sql as raw } from 'kysely';
import type { SqlConnection, SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';
import { migrations as released } from './index.js';
import type { Migration, MigrationTools } from './migration.js';
import { type LockTimes, type MigrationLock, takeMigrationLock } from './migration-lock.js';

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
  const tools: MigrationTools = { db, dialect, named: (name) => `${prefix}${name}` };
  const { integer, key } = dialect.types;
  const journal = db.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('name', key(64), (column) => column.primaryKey().notNull())
    .addColumn('applied_at', integer, (column) => column.notNull());
  const lockTable = db.schema
    .createTable('migration_lock')
    .ifNotExists()
    .addColumn('name', key(16), (column) => column.primaryKey().notNull())
    .addColumn('owner', key(64), (column) => column.notNull())
    .addColumn('expires_at', integer, (column) => column.notNull())
    .addColumn('step', key(128));
  // The journal last: whoever finds it finds the lock too.
  const own = [lockTable, journal].map((table) => dialect.finishTable(table).compile().sql);
  const textsOf = (migration: Migration) => migration.statements(tools).map((statement) => statement.compile().sql);

  const readJournal = () =>
    database.read((connection) => sql.all(connection, db.selectFrom('migrations').selectAll().orderBy('name')));

  /** Null when there is none yet. Whatever else kept it from being read meets the statements that would create it. */
  const findJournal = () => readJournal().catch(() => null);

  async function pending(): Promise<Migration[]> {
    // Not created when they are there: a host may run us as a user who may not.
    const known = await findJournal();
    if (!known) for (const text of own) await database.write(async (connection) => connection.execute(text, []));
    const applied = new Set((known ?? (await readJournal())).map((row) => row.name));
    refuseNewer([...applied].filter((name) => !migrations.some((migration) => migration.name === name)));
    return migrations.filter((migration) => !applied.has(migration.name));
  }

  async function record(connection: SqlConnection, { name }: Migration): Promise<void> {
    const { sql: text, parameters } = db.insertInto('migrations').values({ name, applied_at: Date.now() }).compile();
    await connection.execute(text, parameters);
  }

  async function apply(migration: Migration, lock: MigrationLock): Promise<void> {
    const texts = textsOf(migration);
    const isRepeat = dialect.isSchemaErrorOfRepeat;
    if (!isRepeat) {
      return database.write(async (connection) => {
        await lock.reach(connection, null);
        for (const text of texts) await connection.execute(text, []);
        await record(connection, migration);
      });
    }
    const begun = texts.findIndex((_, index) => lock.resumed_step === stepOf(migration, index));
    for (let index = Math.max(begun, 0); index < texts.length; index++) {
      await database.write((connection) => lock.reach(connection, stepOf(migration, index)));
      let attempts = index === begun ? 1 : 0;
      await database.write(async (connection) => {
        attempts += 1;
        try {
          await connection.execute(texts[index] as string, []);
        } catch (error) {
          if (attempts === 1 || !isRepeat(error)) throw error;
        }
      });
    }
    await database.write(async (connection, { may_have_committed }) => {
      await lock.reach(connection, null);
      const rows = may_have_committed ? await sql.all(connection, db.selectFrom('migrations').select('name')) : [];
      if (!rows.some((row) => row.name === migration.name)) await record(connection, migration);
    });
  }

  return {
    async up(report = () => undefined) {
      if ((await pending()).length > 0) {
        const lock = await takeMigrationLock(sql, database, times, (owner) =>
          report(`Waiting for process ${owner}, which migrates.`),
        );
        try {
          // Again: whoever had the lock before has done it.
          for (const migration of await pending()) {
            report(`Migrating: ${migration.name}`);
            await apply(migration, lock);
          }
        } finally {
          await lock.release();
        }
      }
      await ensureEpoch(sql, database);
    },

    async status() {
      const applied = new Map((await findJournal())?.map((row) => [row.name, row.applied_at]));
      const locks = await database
        .read((connection) => sql.all(connection, db.selectFrom('migration_lock').select('step')))
        .catch(() => []);
      const isBegun = (migration: Migration) =>
        textsOf(migration).some((_, index) => locks[0]?.step === stepOf(migration, index));
      const known = migrations.map((migration): MigrationStatus => {
        const { name } = migration;
        const applied_at = applied.get(name);
        if (applied_at !== undefined) return { name, state: 'applied', applied_at: applied_at || null };
        return { name, state: isBegun(migration) ? 'begun' : 'pending', applied_at: null };
      });
      const unknown = [...applied].filter(([name]) => !known.some((one) => one.name === name));
      return [...known, ...unknown.map(([name, at]) => ({ name, state: 'unknown' as const, applied_at: at || null }))];
    },

    script() {
      const statements = migrations.flatMap((migration) => [
        ...textsOf(migration),
        // As text: a script has no parameters.
        db
          .insertInto('migrations')
          .values({ name: raw.lit(migration.name), applied_at: raw.lit(0) })
          .compile().sql,
      ]);
      return [...own, ...statements].map((statement) => `${statement};`).join('\n');
    },
  };
}

const stepOf = (migration: Migration, index: number): string => `${migration.name}/${index}`;

/** An older program must not write into a schema it does not know. */
function refuseNewer(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new StorageError(
    `The database was migrated by a newer version of Dialect (${unknown.join(', ')}): update this one.`,
  );
}

async function ensureEpoch(sql: Sql, database: SqlDatabase): Promise<void> {
  const find = (connection: SqlConnection) =>
    sql.all(connection, sql.db.selectFrom('meta').select('value').where('name', '=', 'epoch'));
  if ((await database.read(find)).length > 0) return;
  const { sql: text, parameters } = sql.db.insertInto('meta').values({ name: 'epoch', value: randomUUID() }).compile();
  await database
    .write(async (connection) => connection.execute(text, parameters))
    .catch((error: unknown) => {
      // Another process that started at the same time was faster.
      if (!sql.dialect.violatedKey(error)) throw error;
    });
}
