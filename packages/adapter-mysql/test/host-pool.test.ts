import { type Bed, sqlProbe, storageCases, withBed } from '@dialect/core/testing';
import { createPool, type PoolOptions } from 'mysql2';
import { createPool as createPromisePool } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import { append, group, mustWrite, people } from '../../core/src/testing/storage/world.js';
import { createConnection } from '../src/connection.js';
import { type MysqlPoolOptions, mysql } from '../src/index.js';
import { openHost } from './test-storage.js';

/** All that a host may have asked of its pool, and that would make our rows and numbers something else. */
const awkward: PoolOptions = {
  connectionLimit: 5,
  rowsAsArray: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  decimalNumbers: true,
  dateStrings: true,
  nestTables: '_',
  namedPlaceholders: true,
  multipleStatements: true,
  flags: ['-FOUND_ROWS'],
  typeCast: (_, next) => {
    const value = next();
    return value === null ? null : String(value);
  },
};

type OpenPool = (uri: string) => {
  pool: MysqlPoolOptions['pool'];
  ask(text: string): Promise<unknown>;
  end(): Promise<void>;
};

const openPool: OpenPool = (uri) => {
  const pool = createPool({ uri, ...awkward });
  return { pool, ask: (text: string) => pool.promise().query(text), end: () => pool.promise().end() };
};

const openPromisePool: OpenPool = (uri) => {
  const pool = createPromisePool({ uri, ...awkward });
  return { pool, ask: (text: string) => pool.query(text), end: () => pool.end() };
};

async function withHostPool(check: (bed: Bed) => Promise<void> | void, open: OpenPool): Promise<void> {
  const database = await createDatabase();
  const host = open(database.url);
  await withBed(
    () => ({
      open: (options) => mysql({ pool: host.pool, ...options }),
      probe: sqlProbe(database.sql),
      async remove() {
        // The pool is still open: closing the storages left it to its host.
        expect(await host.ask('select 1')).toBeTruthy();
        await host.end();
        await database.remove();
      },
    }),
    check,
  );
}

/** Those that read every kind of column and count rows: the others ask nothing new of a pool. */
const telling = ['new chats', 'chats as members see them', 'writes', 'members and marks', 'keys and numbers'] as const;

describeMysql('a host’s pool', () => {
  describe.each(telling)('of mysql2, set as awkwardly as can be: %s', (title) => {
    it.each(Object.entries(storageCases[title]))('%s', (_, check) => withHostPool(check, openPool));
  });

  describe('of mysql2/promise', () => {
    it.each(Object.entries(storageCases['new chats']))('%s', (_, check) => withHostPool(check, openPromisePool));
  });

  it('hears how many rows were found, and not how many changed', async () => {
    const { pool, database } = await openHost(awkward);
    await database.sql('create table facts (id integer primary key, n integer)');
    await database.sql('insert into facts values (1, 1), (2, 1), (3, 1)');
    const own = await new Promise<Parameters<typeof createConnection>[0]>((resolve, reject) => {
      pool.getConnection((error, connection) => (error ? reject(error) : resolve(connection)));
    });
    const connection = createConnection(own, 10_000);
    expect(await connection.execute('update facts set n = 1 where id < ?', [3])).toMatchObject({ affected: 2 });
    expect(await connection.execute('delete from facts where id = ?', [3])).toMatchObject({ affected: 1 });
    own.release();
  });

  it('may speak another language', async () => {
    const { storage } = await openHost({}, ["set session lc_messages = 'de_DE'"]);
    const user = { first_name: "for key 'x'", username: 'ann', username_key: 'ann', created_at: 1 };
    const credential = { kind: 'phone' as const, lookup: "for key 'y'", secret: 's' };
    expect(await storage.users.create(user, credential)).toMatchObject({ user: { username: 'ann' } });
    expect(await storage.users.create(user, { ...credential, lookup: 'other' })).toEqual({ taken: 'username' });
    const other = { ...user, username: 'bob', username_key: 'bob' };
    expect(await storage.users.create(other, credential)).toEqual({ taken: 'credential' });
  });

  it.each<[string, PoolOptions]>([
    ['lets nobody wait', { connectionLimit: 1, waitForConnections: false }],
    ['lets only one wait', { connectionLimit: 1, queueLimit: 1 }],
  ])('that %s makes the others BUSY', async (_, settings) => {
    const { storage, pool } = await openHost(settings);
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const held = await pool.promise().getConnection();
    const settled = Promise.allSettled([1, 2, 3].map(() => mustWrite(storage, append(chat_id, ann))));
    await new Promise((resolve) => setImmediate(resolve));
    held.release();
    const refused = (await settled).filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const one of refused) expect(one.reason).toMatchObject({ name: 'MessengerError', code: 'BUSY' });
    await mustWrite(storage, append(chat_id, ann));
  });
});
