import type { Storage, StorageRepositories } from '@dialect/core';
import { createBlocks } from './blocks.js';
import { createChatCreators } from './create-chats.js';
import { createCredentials } from './credentials.js';
import { createDevices } from './devices.js';
import { createMedia } from './media.js';
import { createMembers } from './members.js';
import { createMessages } from './messages.js';
import { createMigrator, type MigrationStatus } from './migrations/migrate.js';
import { createPushes } from './pushes.js';
import { createReadChanges } from './read-changes.js';
import { createChatReaders } from './read-chats.js';
import type { Bindable, SqlDatabase } from './sql-database.js';
import { createSql, type Sql } from './statement.js';
import { workInside } from './transaction.js';
import { createUsers } from './users.js';
import { createWriteChats } from './write-chats.js';

export interface SqlStorageOptions {
  /** Before every table, index and constraint, so that they can live among a host's. @default 'dialect_' */
  prefix?: string;
}

export interface SqlStorage<Connection = unknown> extends Storage<Connection> {
  /** Which migrations are applied, and which wait. Changes nothing. @throws StorageError as `migrate` does */
  migrationStatus(): Promise<MigrationStatus[]>;
  /** The statements that create the schema from nothing. */
  schemaScript(): string;
}

/** The storage port on any SQL database: every query once, the differences in the database's dialect. */
export function createSqlStorage<Connection>(
  database: SqlDatabase<Connection>,
  { prefix = 'dialect_' }: SqlStorageOptions = {},
): SqlStorage<Connection> {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,19}$|^$/.test(prefix)) throw new Error(`Not a table prefix: ${JSON.stringify(prefix)}`);
  const sql = createSql(database.dialect, prefix);
  const migrator = createMigrator(sql, database, prefix);
  const bind = createRepositories(sql);
  const findEpoch = sql.statement((db) => db.selectFrom('meta').select('value').where('name', '=', 'epoch'));
  let epoch: string | null = null;

  return {
    ...bind(database),
    batching: database.dialect.batching,
    transaction: (run) => database.transaction((connection, lent) => run(bind(workInside(connection)), lent)),
    async migrate(report) {
      await database.check?.();
      await migrator.up(report);
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
    async migrationStatus() {
      // Says at once what a read would be tried again for, and why a server will not do before anything is migrated.
      await database.check?.();
      return migrator.status();
    },
    schemaScript: () => migrator.script(),
  };
}

function createRepositories(sql: Sql): Bindable<StorageRepositories> {
  const users = createUsers(sql);
  const credentials = createCredentials(sql);
  const write = createWriteChats(sql);
  const creators = createChatCreators(sql);
  const readers = createChatReaders(sql);
  const changes = createReadChanges(sql);
  const members = createMembers(sql);
  const messages = createMessages(sql);
  const blocks = createBlocks(sql);
  const devices = createDevices(sql);
  const pushes = createPushes(sql);
  const media = createMedia(sql);
  return (work) => ({
    users: users(work),
    credentials: credentials(work),
    chats: { write: write(work), ...creators(work), ...readers(work), changes: changes(work) },
    members: members(work),
    messages: messages(work),
    blocks: blocks(work),
    devices: devices(work),
    pushes: pushes(work),
    media: media(work),
  });
}
