import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MessengerError, StorageError } from '@dialect/core';
import { describe, expect, test } from 'vitest';
import { help } from '../src/command.js';
import { chooseDatabase } from '../src/database-choice.js';
import { describeDatabase, readDatabase } from '../src/database-settings.js';
import { readSettings } from '../src/settings.js';
import { StartupError } from '../src/startup-error.js';
import { useDatabase } from '../src/use-database.js';

const read = (environment: Record<string, string>) => readDatabase(environment, '/data');
const postgres = 'postgresql://user:hunter2@localhost:5432/messenger';
const mysqlDefaults = { kind: 'mysql', host: 'localhost', port: 3306, user: 'root', password: '' };

describe('which database', () => {
  test.each<[string, Record<string, string>, object]>([
    ['nothing', {}, { kind: 'sqlite', named_by: 'DATA_DIR', path: '/data/dialect.db' }],
    ['empty variables', { DATABASE_URL: ' ', DATABASE_TYPE: '', DB_NAME: '' }, { path: '/data/dialect.db' }],
    ['a relative path', { DATABASE_URL: 'sqlite:chat.db' }, { named_by: 'DATABASE_URL', path: resolve('chat.db') }],
    ['an absolute path', { DATABASE_URL: 'sqlite:/var/lib/chat.db' }, { path: '/var/lib/chat.db' }],
    ['memory', { DATABASE_URL: 'sqlite::memory:' }, { kind: 'sqlite', path: ':memory:' }],
    [
      'a URL of MySQL',
      { DATABASE_URL: 'mysql://ann:p%40ss%25@db.example:3307/chat' },
      { kind: 'mysql', host: 'db.example', port: 3307, user: 'ann', password: 'p@ss%', name: 'chat' },
    ],
    ['the least of one', { DATABASE_URL: 'mysql://[::1]/chat' }, { ...mysqlDefaults, host: '::1', name: 'chat' }],
    ['a name alone', { DB_NAME: 'chat' }, { ...mysqlDefaults, named_by: 'DB_*', name: 'chat' }],
    [
      'all parts',
      { DB_NAME: 'chat', DB_USER: 'ann', DB_PASSWORD: ' p ', DB_HOST: 'db', DB_PORT: '3307', DATABASE_TYPE: 'MySQL' },
      { kind: 'mysql', host: 'db', port: 3307, user: 'ann', password: ' p ', name: 'chat' },
    ],
    ['what suits MySQL', { DB_NAME: 'chat' }, { connections: 10, when_not_durable: 'refuse' }],
    [
      'what the operator thinks suits it',
      { DB_NAME: 'chat', DB_CONNECTIONS: '25', DB_WHEN_NOT_DURABLE: 'warn' },
      { connections: 25, when_not_durable: 'warn' },
    ],
  ])('by %s', (_, environment, expected) => {
    expect(read(environment)).toMatchObject({ ...expected, notes: [] });
  });

  test.each<[string, Record<string, string>, object, string[]]>([
    [
      'the type over a URL of another kind',
      { DATABASE_TYPE: 'sqlite', DATABASE_URL: postgres },
      { path: '/data/dialect.db', named_by: 'DATA_DIR' },
      ['Not used: DATABASE_URL. It names no sqlite database, and DATABASE_TYPE is sqlite.'],
    ],
    [
      'the type over a URL of another kind, for MySQL',
      { DATABASE_TYPE: 'mysql', DATABASE_URL: 'sqlite:chat.db', DB_NAME: 'chat' },
      { ...mysqlDefaults, name: 'chat' },
      ['Not used: DATABASE_URL. It names no mysql database, and DATABASE_TYPE is mysql.'],
    ],
    [
      'the type over parts',
      { DATABASE_TYPE: 'sqlite', DB_NAME: 'chat', DB_PASSWORD: 'hunter2' },
      { path: '/data/dialect.db' },
      ['Not used: DB_NAME, DB_PASSWORD. DATABASE_TYPE is sqlite.'],
    ],
    [
      'a URL over parts',
      { DATABASE_URL: 'mysql://ann:hunter2@db/one', DB_NAME: 'other', DB_HOST: 'elsewhere' },
      { host: 'db', name: 'one' },
      ['Not used: DB_NAME, DB_HOST. DATABASE_URL says which database it is.'],
    ],
    [
      'a URL of the type',
      { DATABASE_TYPE: 'sqlite', DATABASE_URL: 'sqlite:/chat.db', DB_NAME: 'other' },
      { path: '/chat.db' },
      ['Not used: DB_NAME. DATABASE_URL says which database it is.'],
    ],
  ])('%s, and a note about the other', (_, environment, expected, notes) => {
    expect(read(environment)).toMatchObject({ ...expected, notes });
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ DATABASE_URL: postgres }, /^DATABASE_URL is for PostgreSQL, .* sqlite:path or mysql:/],
    [{ DATABASE_URL: postgres, DB_NAME: 'chat' }, /^DATABASE_URL is for PostgreSQL/],
    [{ DATABASE_URL: 'hunter2@localhost' }, /^DATABASE_URL is of no kind that is supported/],
    [
      { DATABASE_TYPE: 'postgresql', DATABASE_URL: postgres },
      /^DATABASE_TYPE must be sqlite or mysql, not "postgresql"/,
    ],
    [{ DATABASE_TYPE: 'mysql' }, /^DB_NAME is missing/],
    [{ DATABASE_TYPE: 'mysql', DATABASE_URL: postgres }, /^DB_NAME is missing/],
    [{ DB_PASSWORD: 'hunter2' }, /^DB_NAME is missing/],
    [{ DB_NAME: 'chat', DB_PORT: '0' }, /^DB_PORT must be a whole number from 1 to 65535/],
    [{ DB_NAME: 'chat', DB_CONNECTIONS: '0' }, /^DB_CONNECTIONS must be a whole number from 1 to 1000/],
    [{ DB_NAME: 'chat', DB_WHEN_NOT_DURABLE: 'no' }, /^DB_WHEN_NOT_DURABLE must be refuse or warn, not "no"/],
    [{ DATABASE_URL: 'sqlite:' }, /^DATABASE_URL must have a path/],
    [{ DATABASE_URL: 'sqlite:///chat.db' }, /^DATABASE_URL must have a path .* without \/\//],
    [{ DATABASE_URL: 'mysql:hunter2' }, /^DATABASE_URL is no URL/],
    [{ DATABASE_URL: 'mysql://ann:hunter#2@db/chat' }, /^DATABASE_URL is no URL/],
    [{ DATABASE_URL: 'mysql://ann:12#hunter2@db/chat' }, /^DATABASE_URL has characters that are not percent-encoded/],
    [{ DATABASE_URL: 'mysql://ann:12/hunter2@db' }, /^DATABASE_URL has characters that are not percent-encoded/],
    [{ DATABASE_URL: 'mysql://ann:12/hunter2@db/chat' }, /^DATABASE_URL has characters that are not percent-encoded/],
    [{ DATABASE_URL: 'mysql://ann:12?hunter2@db/chat' }, /^DATABASE_URL has options/],
    [{ DATABASE_URL: 'mysql://ann:hunter2@db/chat?ssl-mode=REQUIRED' }, /^DATABASE_URL has options/],
    [{ DATABASE_URL: 'mysql://ann:hunter2%@db/chat' }, /^DATABASE_URL has a percent sign/],
    [{ DATABASE_URL: 'mysql://ann:hunter2@db:0/chat' }, /^DATABASE_URL has the port 0/],
    [{ DATABASE_URL: 'mysql://ann:hunter2@db' }, /^DATABASE_URL names no database/],
  ])('%j is one line that holds no password', (environment, message) => {
    let error: unknown;
    try {
      readSettings(environment);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(StartupError);
    const text = String((error as StartupError).message);
    expect(text).toMatch(message);
    expect(text).not.toMatch(/hunter|\n/);
  });

  test('its kind is known before the rest of it', () => {
    expect(chooseDatabase({ DATABASE_TYPE: 'mysql' }).kind).toBe('mysql');
    expect(chooseDatabase({ DB_USER: 'ann' }).kind).toBe('mysql');
    expect(chooseDatabase({}).kind).toBe('sqlite');
  });

  test('it is shown without the password', () => {
    const url = 'mysql://ann:hunter2@[::1]:3307/chat';
    expect(describeDatabase(read({ DATABASE_URL: url }))).toBe('mysql ann@[::1]:3307/chat');
    expect(describeDatabase(read({}))).toBe('sqlite /data/dialect.db');
  });
});

describe('what goes wrong with it at start', () => {
  const database = read({ DB_NAME: 'chat', DB_PASSWORD: 'hunter2' });
  const failing = (error: unknown) => useDatabase(database, () => Promise.reject(error));
  const system = (code: string) => Object.assign(new Error('two\n  lines'), { code });

  test.each([
    [new StorageError('It is too old.'), 'It is too old.'],
    [new StorageError("Or when_not_durable: 'warn'."), 'Or DB_WHEN_NOT_DURABLE=warn.'],
    [new MessengerError('BUSY', { message: 'Try again.' }), 'Try again.'],
    [new MessengerError('BUSY', { message: 'Try again.', cause: new Error('locked') }), 'Try again. (locked)'],
    [system('ER_HOST_IS_BLOCKED'), 'two lines'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  ])('%s is one line that names it', async (error, text) => {
    const line = `DB_*: mysql root@localhost:3306/chat cannot be used: ${text}`;
    await expect(failing(error)).rejects.toThrow(new StartupError(line));
  });

  test.each([new TypeError('x is undefined'), system('ERR_MODULE_NOT_FOUND'), new StartupError('PORT: taken')])(
    '%s stays what it is',
    (error) => expect(failing(error)).rejects.toBe(error),
  );
});

test('the help and the README tell of the same variables, with the same defaults', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name, value]) => [name, value]);
  const lines = [...help.matchAll(/^ {2,}(?:--[a-z-]+ +)?([A-Z_]+) +(\S.*)$/gm)].map(([, name, text]) => [name, text]);
  expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining(['PORT', 'DATABASE_URL', 'DB_WHEN_NOT_DURABLE']));
  expect(rows.map(([name]) => name).sort()).toEqual(lines.map(([name]) => name).sort());
  for (const [name, value = ''] of rows) {
    // A sentence stands in other words in the two places.
    const fixed = /^`([^`]+)`$/.exec(value)?.[1];
    if (fixed !== undefined) expect(lines.find(([other]) => other === name)?.[1]).toContain(fixed);
  }
});
