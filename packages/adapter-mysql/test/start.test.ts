import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type LookupFunction } from 'node:net';
import { inspect } from 'node:util';
import { StorageError } from '@dialect/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { administrate, createDatabase, describeMysql, mysqlUrl } from '../../../tests/support/mysql.js';
import { people } from '../../core/src/testing/storage/world.js';
import { explain } from '../src/explain.js';
import { type MysqlOptions, mysql } from '../src/index.js';
import { openHost } from './test-storage.js';

const password = 's3cr3t/@:#%&';

/** What the operator is told who starts on such a database: one line, and nowhere in it a password. */
async function startOn(options: MysqlOptions | string): Promise<string> {
  let error: unknown;
  try {
    const storage = mysql(options);
    await storage.migrate().finally(() => storage.close());
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(StorageError);
  const { message } = error as StorageError;
  expect(message).not.toContain('\n');
  for (const secret of [password, encodeURIComponent(password), 's3cr3t']) {
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
  }
  return message;
}

/** A user of the server who may do this, until the test has ended. */
async function createUser(name: string, grants: readonly string[] = []): Promise<void> {
  await administrate(`drop user if exists '${name}'@'%'`);
  await administrate(`create user '${name}'@'%' identified by '${password}'`);
  onTestFinished(async () => {
    await administrate(`drop user '${name}'@'%'`);
  });
  for (const grant of grants) await administrate(`grant ${grant} to '${name}'@'%'`);
}

async function emptyDatabase() {
  const database = await createDatabase();
  onTestFinished(() => database.remove());
  return database;
}

/** The URL of a database, as somebody else's. */
function urlAs(url: string, user: string, secret = password): string {
  const other = new URL(url);
  other.username = encodeURIComponent(user);
  other.password = encodeURIComponent(secret);
  return other.href;
}

const name = (what: string): string => `dialect_${what}_${process.pid}`;

describe('a URL of the database', () => {
  it.each([
    ['that is none', 'nonsense', /URL of the database is none.*mysql:\/\/user/],
    ['of another protocol', 'postgres://u:s3cr3t@h/db', /begins with postgres:\/\/, not mysql/],
    ['without a database', 'mysql://u:s3cr3t@h:3306', /names no database/],
    ['with a path instead of a database', 'mysql://u:s3cr3t@h/a/b', /names no database/],
    ['with parameters', 'mysql://u:s3cr3t@h/db?ssl=true', /parameters/],
    ['with a % that encodes nothing', 'mysql://u:s3cr3t%zz@h/db', /%25/],
  ])('%s is refused', async (_, url, text) => {
    expect(await startOn(url)).toMatch(text);
    expect(await startOn({ url })).toMatch(text);
  });
});

describeMysql('a start', () => {
  const somewhere = new URL(mysqlUrl);
  const port = Number(somewhere.port) || 3306;

  it('names the host that nobody knows', async () => {
    expect(await startOn(`mysql://u:s3cr3t@nowhere.invalid:${port}/db`)).toMatch(/host.*unknown: nowhere\.invalid/);
  });

  it('names the place where nobody answers', async () => {
    expect(await startOn('mysql://u:s3cr3t@127.0.0.1:1/db')).toMatch(/No database server answers at 127\.0\.0\.1:1 /);
    expect(await startOn('mysql://u:s3cr3t@localhost:1/db')).toMatch(
      /No database server answers at (127\.0\.0\.1|::1):1 /,
    );
  });

  it('does not wait for ever where somebody answers who is no database server', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const url = `mysql://u:s3cr3t@127.0.0.1:${(silent.address() as AddressInfo).port}/db`;
    expect(await startOn({ url, connect_timeout_ms: 50 })).toMatch(/No database server answers .*ETIMEDOUT/);
    expect(await startOn({ url, connect_timeout_ms: 100, acquire_timeout_ms: 50 })).toMatch(/No connection .* 50 ms/);
  });

  it('names the first of several addresses of one host', async () => {
    const lookup: LookupFunction = (_, __, found) =>
      found(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const [error] = await once(connect({ host: 'somewhere', port: 1, lookup }), 'error');
    expect(error).toBeInstanceOf(AggregateError);
    expect(explain(error)).toMatchObject({
      name: 'StorageError',
      message: expect.stringMatching(/at 127\.0\.0\.1:1 /),
    });
  });

  it('names the user whose password is wrong', async () => {
    const database = await emptyDatabase();
    await createUser(name('wrong'));
    expect(await startOn(urlAs(database.url, name('wrong'), `${password}!`))).toMatch(
      /refuses the user or the password/,
    );
  });

  it('names the database that is not there, and how to make it', async () => {
    const url = new URL(mysqlUrl);
    url.pathname = `/${name('nowhere')}`;
    expect(await startOn(url.href)).toMatch(new RegExp(`${name('nowhere')}.*create database`));
  });

  it('names the privilege that is missing', async () => {
    const database = await emptyDatabase();
    await createUser(name('outside'));
    expect(await startOn(urlAs(database.url, name('outside')))).toMatch(/lacks a privilege.*CREATE/);
    await createUser(name('reader'), [`select, insert, update, delete on ${database.name}.*`]);
    expect(await startOn(urlAs(database.url, name('reader')))).toMatch(/lacks a privilege.*CREATE/);
  });

  it('needs no right to create where everything is there', async () => {
    const database = await emptyDatabase();
    const owner = mysql(database.url);
    await owner.migrate();
    const epoch = await owner.epoch();
    await owner.close();
    await createUser(name('writer'), [`select, insert, update, delete on ${database.name}.*`]);
    const storage = mysql(urlAs(database.url, name('writer')));
    onTestFinished(() => storage.close());
    await storage.migrate();
    expect(await storage.epoch()).toBe(epoch);
    expect(await people(storage, 1)).toHaveLength(1);
  });

  it('takes special characters in the URL, percent-encoded', async () => {
    const odd = `odd @:/?#%é ${process.pid}`;
    const database = `dialect_test_ödd-$ ?#%_${process.pid}`;
    const quoted = `\`${database}\``;
    await administrate(`create database ${quoted}`);
    onTestFinished(async () => {
      await administrate(`drop database ${quoted}`);
    });
    await createUser(odd, [`all on ${quoted}.*`]);
    const url = new URL(urlAs(mysqlUrl, odd));
    url.pathname = `/${encodeURIComponent(database)}`;
    const storage = mysql(url.href);
    onTestFinished(() => storage.close());
    await storage.migrate();
    expect(await people(storage, 1)).toHaveLength(1);
  });

  it('says that encryption cannot be agreed on', async () => {
    const database = await emptyDatabase();
    // Without encryption on the server's side, or with a certificate that nobody has signed.
    const ssl = { ca: 'nobody' };
    expect(await startOn({ url: database.url, ssl, reconnect_ms: 1 })).toMatch(/cannot agree on how to connect/);
  });

  it.each([
    ['no strict mode', "set session sql_mode = ''", {}, /STRICT_TRANS_TABLES/],
    [
      'a mode in which mysql2 cannot quote',
      "set session sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'",
      {},
      /NO_BACKSLASH_ESCAPES/,
    ],
    ['another character set', 'set @nothing = 1', { charset: 'latin1_swedish_ci' }, /character set is latin1/],
    ['no autocommit', 'set session autocommit = 0', {}, /autocommit/],
    ['dirty reads', 'set session transaction isolation level read uncommitted', {}, /READ UNCOMMITTED/],
    ['a format of its own', 'set @nothing = 1', { queryFormat: (text: string) => text }, /queryFormat/],
  ])('refuses a host’s pool with %s', async (_, session, settings, text) => {
    await expect(openHost(settings, [session])).rejects.toThrow(StorageError);
    await expect(openHost(settings, [session])).rejects.toThrow(text);
  });
});
