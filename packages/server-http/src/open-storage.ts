import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { sqlite } from '@dialect/adapter-sqlite';
import type { Storage } from '@dialect/core';
import type { DatabaseKind } from './database-choice.js';
import type { DatabaseSettings, MysqlSettings, SqliteSettings } from './database-settings.js';

/** A storage of any kind, with what the `migrate` commands ask. */
export type ServerStorage = Storage & Pick<ReturnType<typeof sqlite>, 'migrationStatus' | 'schemaScript'>;

/**
 * Below the time for which an operation waits for a connection: a server that never answers is then reported as that,
 * and not as a pool whose connections are all in use.
 */
const connect_timeout_ms = 5_000;

/** The storage that the settings name. Each driver is loaded for its own kind alone. */
export async function openStorage(database: DatabaseSettings): Promise<ServerStorage> {
  return database.kind === 'mysql' ? openMysql(database) : openSqlite(database);
}

/** The same for whoever only looks: nothing is created, and a database that is not there is an empty one. */
export async function openToRead(database: DatabaseSettings): Promise<ServerStorage> {
  if (database.kind === 'mysql') return openMysql(database);
  const { sqlite } = await import('@dialect/adapter-sqlite');
  // Throws where it may not be seen: that is not the same as absent.
  const file = database.path === ':memory:' ? undefined : statSync(database.path, { throwIfNoEntry: false });
  return file ? sqlite({ path: database.path, readonly: true }) : sqlite(':memory:');
}

/** The statements that create the schema. Connects to nothing. */
export async function schemaScript(kind: DatabaseKind): Promise<string> {
  const storage = await openNothing(kind);
  const script = storage.schemaScript();
  await storage.close();
  return script;
}

async function openNothing(kind: DatabaseKind): Promise<ServerStorage> {
  if (kind === 'sqlite') return (await import('@dialect/adapter-sqlite')).sqlite(':memory:');
  return (await import('@dialect/adapter-mysql')).mysql({ database: 'none' });
}

async function openMysql({ name, host, port, user, password, connections, when_not_durable }: MysqlSettings) {
  const { mysql } = await import('@dialect/adapter-mysql');
  const server = { database: name, host, port, user, password };
  return mysql({ ...server, connections, when_not_durable, connect_timeout_ms });
}

async function openSqlite({ path }: SqliteSettings) {
  const { sqlite } = await import('@dialect/adapter-sqlite');
  // For its owner alone, as the data folder: it holds everybody's messages.
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return sqlite(path);
}
