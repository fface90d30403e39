import { randomUUID } from 'node:crypto';
import { sql as raw } from 'kysely';
import type { SqlConnection, SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';
import { migrations } from './index.js';
import type { Migration, MigrationTools } from './migration.js';

export interface Migrator {
  /** Brings the schema up to date, one migration after another, and resolves with the names of those applied. */
  up(): Promise<string[]>;
  /** The statements that would create the schema from nothing, as a script. */
  script(): string;
}

export function createMigrator(sql: Sql, database: SqlDatabase, prefix: string): Migrator {
  const tools: MigrationTools = { db: sql.db, dialect: sql.dialect, named: (name) => `${prefix}${name}` };
  const { integer, key } = sql.dialect.types;
  const journal = sql.dialect.finishTable(
    sql.db.schema
      .createTable('migrations')
      .ifNotExists()
      .addColumn('name', key(64), (column) => column.primaryKey().notNull())
      .addColumn('applied_at', integer, (column) => column.notNull()),
  );
  const record = (name: string, applied_at: number) => sql.db.insertInto('migrations').values({ name, applied_at });

  async function apply(connection: SqlConnection, migration: Migration): Promise<void> {
    for (const statement of migration.statements(tools)) await connection.execute(statement.compile().sql, []);
    const { sql: text, parameters } = record(migration.name, Date.now()).compile();
    await connection.execute(text, parameters);
  }

  return {
    // One writing transaction for all: of two processes that start at once the second waits, and finds nothing to do.
    up: () =>
      database.write(async (connection) => {
        await connection.execute(journal.compile().sql, []);
        const rows = await sql.all(connection, sql.db.selectFrom('migrations').select('name'));
        const applied = new Set(rows.map((row) => row.name));
        refuseNewer(applied);
        const missing = migrations.filter((migration) => !applied.has(migration.name));
        for (const migration of missing) await apply(connection, migration);
        await ensureEpoch(sql, connection);
        return missing.map((migration) => migration.name);
      }),

    script() {
      const statements = migrations.flatMap((migration) => [
        ...migration.statements(tools).map((statement) => statement.compile().sql),
        // As text: a script has no parameters.
        sql.db
          .insertInto('migrations')
          .values({ name: raw.lit(migration.name), applied_at: raw.lit(0) })
          .compile().sql,
      ]);
      return [journal.compile().sql, ...statements].map((statement) => `${statement};`).join('\n');
    },
  };
}

/** An older program must not write into a schema it does not know. */
function refuseNewer(applied: ReadonlySet<string>): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `The database was migrated by a newer version of Dialect (${unknown.join(', ')}): update this one.`,
    );
  }
}

async function ensureEpoch(sql: Sql, connection: SqlConnection): Promise<void> {
  const [row] = await sql.all(connection, sql.db.selectFrom('meta').select('value').where('name', '=', 'epoch'));
  if (row) return;
  const { sql: text, parameters } = sql.db.insertInto('meta').values({ name: 'epoch', value: randomUUID() }).compile();
  await connection.execute(text, parameters);
}
