import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCommand, UsageError } from '../src/command.js';
import { keepSecretKey } from '../src/secret-key.js';
import { readSettings } from '../src/settings.js';
import { StartupError } from '../src/startup-error.js';
import { temporaryFolder } from './support/start-api.js';

describe('settings', () => {
  test('have defaults; an empty variable is an absent one', () => {
    const defaults = {
      port: 8000,
      host: '127.0.0.1',
      data_dir: join(process.cwd(), 'data'),
      database: { kind: 'sqlite', named_by: 'DATA_DIR', notes: [], path: join(process.cwd(), 'data', 'dialect.db') },
      secret: null,
      token_minutes: 60,
      cors_origins: [],
      push: null,
      max_upload_bytes: 52_428_800,
      unused_media_hours: 24,
    };
    expect(readSettings({})).toEqual(defaults);
    expect(readSettings({ PORT: '', HOST: ' ', DATA_DIR: '', SECRET_KEY: '', CORS_ORIGINS: '' })).toEqual(defaults);
  });

  test('are read', () => {
    const secret = 'x'.repeat(32);
    const environment = {
      PORT: '0',
      HOST: '::1',
      DATA_DIR: '/data',
      SECRET_KEY: secret,
      ACCESS_TOKEN_EXPIRE_MINUTES: '15',
      CORS_ORIGINS: 'https://app.example, http://localhost:5173,',
      MAX_UPLOAD_BYTES: '1000',
      UNUSED_MEDIA_HOURS: '48',
    };
    expect(readSettings(environment)).toEqual({
      port: 0,
      host: '::1',
      data_dir: '/data',
      database: { kind: 'sqlite', named_by: 'DATA_DIR', notes: [], path: '/data/dialect.db' },
      secret,
      token_minutes: 15,
      cors_origins: ['https://app.example', 'http://localhost:5173'],
      push: null,
      max_upload_bytes: 1_000,
      unused_media_hours: 48,
    });
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', '0'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', 'an hour'],
    ['MAX_UPLOAD_BYTES', '50MB'],
    ['UNUSED_MEDIA_HOURS', '0'],
    ['SECRET_KEY', 'too short'],
    ['CORS_ORIGINS', 'https://app.example/'],
    ['CORS_ORIGINS', 'app.example'],
  ])('%s=%s is one line that names it', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(StartupError);
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(`^${name} [^\n]+$`));
  });

  test('a key that is too short is not repeated', () => {
    expect(() => readSettings({ SECRET_KEY: 'hunter2' })).toThrow(
      /^SECRET_KEY must have at least 32 bytes; it has 7\.$/,
    );
  });
});

describe('the kept key', () => {
  test('is made once, for its owner alone, and kept', () => {
    const folder = temporaryFolder();
    const first = keepSecretKey(folder);
    expect(first).toMatchObject({ is_new: true, is_exposed: false, path: join(folder, 'secret.key') });
    expect(Buffer.byteLength(first.secret)).toBeGreaterThanOrEqual(43);
    expect(statSync(first.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(first.path, 'utf8').trim()).toBe(first.secret);
    expect(keepSecretKey(folder)).toEqual({ ...first, is_new: false });
    expect(keepSecretKey(temporaryFolder()).secret).not.toBe(first.secret);
  });

  test('an exposed one is said to be, a damaged one is refused by its path', () => {
    const folder = temporaryFolder();
    const { path } = keepSecretKey(folder);
    chmodSync(path, 0o644);
    expect(keepSecretKey(folder).is_exposed).toBe(true);
    writeFileSync(path, 'short');
    expect(() => keepSecretKey(folder)).toThrow(`${path} must have at least 32 bytes; it has 5.`);
  });
});

describe('command lines', () => {
  test.each([
    [[], 'serve', {}],
    [['serve', '--port', '1', '--host=::'], 'serve', { PORT: '1', HOST: '::' }],
    [['--data-dir', 'd', '--cors-origins', 'o'], 'serve', { DATA_DIR: 'd', CORS_ORIGINS: 'o' }],
    [['migrate', 'sql'], 'migrate sql', {}],
    [['migrate', 'up', '--data-dir', 'd'], 'migrate up', { DATA_DIR: 'd' }],
    [['migrate', 'status', '--data-dir', 'd'], 'migrate status', { DATA_DIR: 'd' }],
    [['help'], 'help', {}],
    [['serve', '-h'], 'help', {}],
    [['-v'], 'version', {}],
  ])('%j', (argv, name, environment) => {
    expect(parseCommand(argv)).toEqual({ name, environment });
  });

  test.each([
    [['fly'], 'There is no command "fly".'],
    [['migrate'], 'There is no command "migrate".'],
    [['serve', 'now'], 'There is no command "serve now".'],
    [['constructor'], 'There is no command "constructor".'],
    [['--fast'], "Unknown option '--fast'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['migrate', 'sql', '--port', '1'], '"migrate sql" takes no --port.'],
    [['--database-url', 'mysql://root:hunter2@db/chat'], "Unknown option '--database-url'"],
    [['serve', 'mysql://root:hunter2@db/chat'], 'A URL is given in DATABASE_URL.'],
  ])('%j means nothing', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
    expect(() => parseCommand(argv)).not.toThrow('hunter2');
  });
});
