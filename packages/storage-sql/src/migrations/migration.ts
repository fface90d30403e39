import type { Kysely } from 'kysely';
import type { Schema } from '../schema.js';
import type { SqlDialect } from '../sql-dialect.js';

/** What a migration is written with. */
export interface MigrationTools {
  db: Kysely<Schema>;
  dialect: SqlDialect;
  /** The name of an index or constraint, with the tables' prefix. */
  named(name: string): string;
}

export interface Migration {
  /** Sorts after the one before it, and never changes once released. */
  name: string;
  /**
   * One statement each, and nothing that drops data. Where every change of the schema commits by itself, the statement
   * at which a crash fell is run again: a change of the schema is then recognised as made, and a change of rows has to
   * come to the same result twice.
   */
  statements(tools: MigrationTools): { compile(): { sql: string } }[];
}
