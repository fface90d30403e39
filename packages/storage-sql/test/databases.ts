import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlDatabase, SqlDialect } from '@dialect/storage-sql';
import Sqlite from 'better-sqlite3';
import { describe, onTestFinished } from 'vitest';
import { createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import { mysqlDialect } from '../../adapter-mysql/src/mysql-dialect.js';
import { sqliteDialect } from '../../adapter-sqlite/src/sqlite-dialect.js';
import { openDatabase } from './open-database.js';

export type Row = Record<string, unknown>;

/** An empty database that nobody else uses. */
interface Made {
  /** What `openDatabase` opens it by, in another process too. */
  address: string;
  /** Runs a statement on a connection of its own. */
  sql(text: string): Promise<Row[]>;
  /** @throws when a connection was left open */
  remove(): Promise<void>;
}

export interface DatabaseKind {
  name: string;
  dialect: SqlDialect;
  /** Every change of the schema commits by itself. */
  is_stepwise: boolean;
  /** How often a property is tried, each time on a new database: fewer where making one takes a while. */
  property_runs: number;
  /** Lists the tables, as `name`. */
  tables: string;
  /** Each answers with one part of the schema, in an order that is always the same. */
  schema: readonly string[];
  create(): Promise<Made>;
}

const sqliteFile: DatabaseKind = {
  name: 'SQLite',
  dialect: sqliteDialect,
  is_stepwise: false,
  property_runs: 60,
  tables:
    "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name",
  schema: ['select type, name, tbl_name, sql from sqlite_master order by type, name'],
  async create() {
    const folder = mkdtempSync(join(tmpdir(), 'dialect-sql-'));
    const address = join(folder, 'chat.db');
    const sql: Made['sql'] = async (text) => {
      const database = new Sqlite(address, { timeout: 5_000 });
      try {
        const statement = database.prepare<[], Row>(text);
        if (statement.reader) return statement.all();
        statement.run();
        return [];
      } finally {
        database.close();
      }
    };
    return {
      address,
      sql,
      async remove() {
        // The last connection that may write removes the log and its index: if they stay, another one is open.
        await sql('pragma user_version');
        const left = readdirSync(folder).filter((name) => name !== 'chat.db');
        rmSync(folder, { recursive: true });
        if (left.length > 0) throw new Error(`A connection was left open: ${left.join(', ')}`);
      },
    };
  },
};

const inDatabase = 'where table_schema = database()';

export const mysqlServer: DatabaseKind = {
  name: 'MySQL or MariaDB',
  dialect: mysqlDialect,
  is_stepwise: true,
  property_runs: 10,
  tables: `select table_name as name from information_schema.tables ${inDatabase} order by 1`,
  schema: [
    `select table_name as t, engine as e, table_collation as c from information_schema.tables ${inDatabase} order by 1`,
    `select table_name as t, column_name as name, ordinal_position as n, column_type as type, is_nullable as nullable,
      column_default as value, collation_name as c, extra as extra from information_schema.columns ${inDatabase}
      order by 1, 3`,
    `select table_name as t, index_name as i, seq_in_index as n, column_name as name, non_unique as many
      from information_schema.statistics ${inDatabase} order by 1, 2, 3`,
  ],
  async create() {
    const { url, sql, remove } = await createDatabase();
    return { address: url, sql: (text) => sql(text), remove };
  },
};

export interface TestDatabase extends Pick<Made, 'address' | 'sql'> {
  kind: DatabaseKind;
  /** Closed with the test, unless it was before. */
  open(): SqlDatabase;
}

/** A database for the test that runs, and only as long as it does. */
export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const { address, sql, remove } = await kind.create();
  const opened: SqlDatabase[] = [];
  onTestFinished(async () => {
    try {
      for (const database of opened) await database.close();
    } finally {
      await remove();
    }
  });
  return {
    kind,
    address,
    sql,
    open() {
      const database = openDatabase(address);
      let closing: Promise<void> | null = null;
      const openOnce: SqlDatabase = {
        ...database,
        close() {
          closing ??= database.close();
          return closing;
        },
      };
      opened.push(openOnce);
      return openOnce;
    },
  };
}

/** The same tests on every kind of database; those that need a server are skipped where there is none. */
export function describeDatabases(subject: string, tests: (kind: DatabaseKind) => void): void {
  describe(`${subject}, on ${sqliteFile.name}`, () => tests(sqliteFile));
  describeMysql(`${subject}, on ${mysqlServer.name}`, () => tests(mysqlServer));
}
