import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import type { Storage } from '@dialect/core';
import Sqlite, { type Database } from 'better-sqlite3';
import { createPool } from 'mysql2/promise';
import { createDatabase, has_mysql } from './mysql.js';

/** A host's database with our storage in it: how the host runs SQL inside a transaction, and beside it. */
export interface HostDatabase {
  storage: Storage;
  /** On the connection that a transaction lends. */
  inside(connection: unknown, sql: string, ...values: unknown[]): Promise<void>;
  /** On a connection of its own: sees what is committed. */
  beside(sql: string): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

const insideSqlite: HostDatabase['inside'] = async (connection, sql, ...values) => {
  (connection as Database).prepare(sql).run(...values);
};
const insideMysql: HostDatabase['inside'] = async (connection, sql, ...values) => {
  await (connection as { query(text: string, values: unknown[]): Promise<unknown> }).query(sql, values);
};

function onFile(open: (path: string) => { storage: Storage; close?: () => void }) {
  return async (): Promise<HostDatabase> => {
    const folder = mkdtempSync(join(tmpdir(), 'dialect-host-'));
    const path = join(folder, 'host.db');
    const { storage, close } = open(path);
    const reader = new Sqlite(path);
    return {
      storage,
      inside: insideSqlite,
      beside: async (sql) => {
        const statement = reader.prepare(sql);
        if (statement.reader) return statement.all() as Record<string, unknown>[];
        statement.run();
        return [];
      },
      async remove() {
        reader.close();
        close?.();
        rmSync(folder, { recursive: true });
      },
    };
  };
}

function onServer(open: (url: string) => { storage: Storage; close?: () => Promise<void> }) {
  return async (): Promise<HostDatabase> => {
    const database = await createDatabase();
    const { storage, close } = open(database.url);
    return {
      storage,
      inside: insideMysql,
      beside: database.sql,
      async remove() {
        await close?.();
        await database.remove();
      },
    };
  };
}

/** Every way in which a host may have a database. */
export const hostDatabases: { name: string; create: () => Promise<HostDatabase> }[] = [
  { name: 'a file of ours', create: onFile((path) => ({ storage: sqlite(path) })) },
  {
    name: "the host's SQLite handle, with WAL",
    create: onFile((path) => {
      const database = new Sqlite(path);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      return { storage: sqlite({ database }), close: () => database.close() };
    }),
  },
  {
    name: "the host's SQLite handle, as it comes",
    create: onFile((path) => {
      const database = new Sqlite(path);
      return { storage: sqlite({ database }), close: () => database.close() };
    }),
  },
  ...(has_mysql
    ? [
        { name: 'a MySQL server', create: onServer((url) => ({ storage: mysql(url) })) },
        {
          name: "the host's MySQL pool",
          create: onServer((uri) => {
            const pool = createPool({ uri, connectionLimit: 4 });
            return { storage: mysql({ pool }), close: () => pool.end() };
          }),
        },
      ]
    : []),
];
