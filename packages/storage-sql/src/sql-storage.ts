import type { Storage } from '@dialect/core';
import { createBlocks } from './blocks.js';
import { createChatCreators } from './create-chats.js';
import { createCredentials } from './credentials.js';
import { createMembers } from './members.js';
import { createMessages } from './messages.js';
import { createMigrator } from './migrations/migrate.js';
import { createReadChanges } from './read-changes.js';
import { createChatReaders } from './read-chats.js';
import type { SqlDatabase } from './sql-database.js';
import { createSql } from './statement.js';
import { createUsers } from './users.js';
import { createWriteChats } from './write-chats.js';

export interface SqlStorageOptions {
  /** Before every table, index and constraint, so that they can live among a host's. @default 'dialect_' */
  prefix?: string;
}

export interface SqlStorage extends Storage {
  /** The statements that create the schema from nothing. */
  schemaScript(): string;
}

/** The storage port on any SQL database: every query once, the differences in the database's dialect. */
export function createSqlStorage(database: SqlDatabase, { prefix = 'dialect_' }: SqlStorageOptions = {}): SqlStorage {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,19}$|^$/.test(prefix)) throw new Error(`Not a table prefix: ${JSON.stringify(prefix)}`);
  const sql = createSql(database.dialect, prefix);
  const migrator = createMigrator(sql, database, prefix);
  const findEpoch = sql.statement((db) => db.selectFrom('meta').select('value').where('name', '=', 'epoch'));
  let epoch: string | null = null;

  return {
    users: createUsers(sql, database),
    credentials: createCredentials(sql, database),
    chats: {
      write: createWriteChats(sql, database),
      ...createChatCreators(sql, database),
      ...createChatReaders(sql, database),
      changes: createReadChanges(sql, database),
    },
    members: createMembers(sql, database),
    messages: createMessages(sql, database),
    blocks: createBlocks(sql, database),
    batching: database.dialect.batching,
    async migrate() {
      await migrator.up();
    },
    async epoch() {
      // Changes only while nothing runs: an operator restores a backup.
      epoch ??= (await database.read((connection) => findEpoch.first(connection, {})))?.value ?? '';
      return epoch;
    },
    async ping() {
      await database.read((connection) => findEpoch.first(connection, {}));
    },
    close: () => database.close(),
    schemaScript: () => migrator.script(),
  };
}
