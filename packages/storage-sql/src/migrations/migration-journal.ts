import type { Compilable } from 'kysely';
import type { Attempt, SqlConnection, SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';

/** Which migrations were applied, and when; and which statement of the next one was reached. */
export interface MigrationJournal {
  /** None when there is no journal yet. `applied_at` is 0 for what a script applied. */
  applied(): Promise<{ name: string; applied_at: number }[]>;
  /** Null when no migration is in the middle. */
  step(): Promise<string | null>;
  /** Whether an earlier attempt of this very transaction has recorded the migration. */
  isRecorded(connection: SqlConnection, attempt: Attempt, name: string): Promise<boolean>;
  record(connection: SqlConnection, name: string): Promise<void>;
}

export function createJournal(sql: Sql, database: SqlDatabase): MigrationJournal {
  const { db, dialect } = sql;
  const rows = db.selectFrom('migrations').select(['name', 'applied_at']).orderBy('name');

  /** Only a table that is missing is an empty one: whoever cannot reach the database does not know. */
  async function find<Row>(query: Compilable<Row>): Promise<Row[]> {
    try {
      return await database.read((connection) => sql.all(connection, query));
    } catch (error) {
      if (dialect.isMissingTable(error)) return [];
      throw error;
    }
  }

  return {
    applied: () => find(rows),
    async step() {
      const [lock] = await find(db.selectFrom('migration_lock').select('step'));
      return lock?.step ?? null;
    },
    isRecorded: async (connection, { may_have_committed }, name) =>
      may_have_committed && (await sql.all(connection, rows)).some((row) => row.name === name),
    async record(connection, name) {
      await sql.all(connection, db.insertInto('migrations').values({ name, applied_at: Date.now() }));
    },
  };
}
