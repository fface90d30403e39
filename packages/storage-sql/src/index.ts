export type { MigrationStatus } from './migrations/migrate.js';
export type { Attempt, SqlConnection, SqlDatabase, SqlResult } from './sql-database.js';
export type { SqlDialect } from './sql-dialect.js';
export { createSqlStorage, type SqlStorage, type SqlStorageOptions } from './sql-storage.js';
