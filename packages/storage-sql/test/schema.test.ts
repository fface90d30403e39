import { sqlite } from '@dialect/adapter-sqlite';
import type { SqlDatabase } from '@dialect/storage-sql';
import { describe, expect, it } from 'vitest';
import { mysqlDialect } from '../../adapter-mysql/src/mysql-dialect.js';
import { sqliteDialect } from '../../adapter-sqlite/src/sqlite-dialect.js';
import { migrations } from '../src/migrations/index.js';
import { tableNames } from '../src/schema.js';
import { createSqlStorage } from '../src/sql-storage.js';
import { statementsOf } from './observed-database.js';

describe('the schema script', () => {
  const namesIn = (script: string) =>
    [...script.matchAll(/(?:table(?: if not exists)?|constraint|index) "([^"]+)"/g)].map((m) => m[1]);

  it('creates every table once, before anything that names it', () => {
    const script = sqlite(':memory:').schemaScript();
    const created = [...script.matchAll(/create table(?: if not exists)? "dialect_(\w+)"/g)].map((match) => match[1]);
    expect(created.sort()).toEqual([...tableNames].sort());
    for (const [, table] of script.matchAll(/create index "\w+" on "(\w+)"/g)) {
      expect(script.indexOf(`create table "${table}"`)).toBeGreaterThanOrEqual(0);
      expect(script.indexOf(`create table "${table}"`)).toBeLessThan(script.indexOf(`on "${table}"`));
    }
    expect(script).toContain(`insert into "dialect_migrations"`);
  });

  it('puts the prefix before every name: tables, constraints and indexes', () => {
    const names = namesIn(sqlite({ path: ':memory:', prefix: 'tenant7_' }).schemaScript());
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !name?.startsWith('tenant7_'))).toEqual([]);
    const script = sqlite({ path: ':memory:', prefix: '' }).schemaScript();
    // Made once each; a later migration may alter a table as often as it likes.
    const bare = namesIn(script.replace(/^alter table .*$/gm, ''));
    expect(bare).toContain('users');
    expect(new Set(bare).size).toBe(bare.length);
  });

  it('has no parameters, which a script cannot bring', () => {
    expect(sqlite(':memory:').schemaScript()).not.toContain('?');
  });
});

describe('the migrations', () => {
  it.each([
    ['SQLite', sqliteDialect],
    ['MySQL', mysqlDialect],
  ])('take nothing away that anybody may have stored, on %s', (_, dialect) => {
    const texts = [...statementsOf(migrations, dialect).keys()];
    expect(texts.length).toBeGreaterThan(10);
    // Whole words: a column may well be called `deleted_at`.
    const taking = /\b(drop\s+(table|column|database|schema)|truncate|delete|replace)\b/i;
    expect(texts.filter((text) => taking.test(text))).toEqual([]);
  });
});

describe('the statements', () => {
  /** A database that only remembers what it is asked. */
  function recorder(): { database: SqlDatabase; asked: { sql: string; parameters: readonly unknown[] }[] } {
    const asked: { sql: string; parameters: readonly unknown[] }[] = [];
    const connection = {
      execute(sql: string, parameters: readonly unknown[]) {
        asked.push({ sql, parameters });
        return { rows: [], insert_id: 1, affected: 0 };
      },
    };
    const run: SqlDatabase['write'] = (work) => work(connection, { may_have_committed: false });
    const database: SqlDatabase = {
      dialect: sqliteDialect,
      read: (work) => work(connection),
      write: run,
      transaction: (work) => work(connection, null),
      close: async () => undefined,
    };
    return { database, asked };
  }

  it('carry what people write as parameters, and never as text', async () => {
    const { database, asked } = recorder();
    const storage = createSqlStorage(database);
    const evil = `'"\`; drop table dialect_users; -- \\`;
    await storage.users.search({ text: evil, phone: evil, limit: 1, offset: 0 });
    await storage.users.isUsernameTaken(evil);
    await storage.users.upsert({ external_id: evil, first_name: evil, last_name: evil, at: 1 });
    await storage.credentials.find('phone', evil);
    await storage.users.create(
      { first_name: evil, username: evil, username_key: evil, created_at: 1 },
      { kind: 'phone', lookup: evil, secret: evil },
    );
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(({ sql }) => sql.includes('drop'))).toEqual([]);
    expect(asked.flatMap(({ parameters }) => parameters)).toContain(evil);
  });

  it('keep their text whatever they are run with, so that a driver can keep them prepared', async () => {
    const { database, asked } = recorder();
    const storage = createSqlStorage(database);
    for (const n of [1, 2, 3]) {
      await storage.members.get(n, n);
      await storage.messages.page({ chat_id: n, floor_seq: n, limit: n, offset: n, before_seq: n });
      await storage.chats.changes({ chat_id: n, since: n, floor_seq: n, limit: n });
      await storage.users.get([n]);
    }
    expect(new Set(asked.map(({ sql }) => sql)).size).toBe(asked.length / 3);
  });
});
