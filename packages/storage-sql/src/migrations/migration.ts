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
  statements(tools: MigrationTools): { compile(): { sql: string } }[];
}
