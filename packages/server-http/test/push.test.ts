import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from '../src/serve.js';
import { readSettings } from '../src/settings.js';
import { StartupError } from '../src/startup-error.js';
import { accountFile, serviceAccount } from './support/service-account.js';
import { temporaryFolder } from './support/start-api.js';

function start(environment: Record<string, string>) {
  return serve(readSettings({ PORT: '0', DATA_DIR: temporaryFolder(), ...environment }));
}

test('a service account switches push on, and the server says so', async () => {
  const server = await start({ FIREBASE_CREDENTIALS_PATH: accountFile() });
  onTestFinished(() => server.close());
  expect(server.push).toBe('FCM project my-app');
});

test('without one there is none', async () => {
  const server = await start({ FIREBASE_CREDENTIALS_PATH: ' ' });
  onTestFinished(() => server.close());
  expect(server.push).toBeNull();
});

test.each([
  ['a file that is not there', () => '/nowhere/account.json', '/nowhere/account.json'],
  ['a file that is no JSON', () => accountFile('{"private_key": "top-secret'), 'is not JSON'],
  ['a file without a key', () => accountFile({ ...serviceAccount, private_key: undefined }), 'no private_key'],
  ['a key that is none', () => accountFile({ ...serviceAccount, private_key: 'top-secret' }), 'private key'],
])('%s is said in one line before anything is touched', async (_, path, reason) => {
  const DATA_DIR = join(temporaryFolder(), 'data');
  const error = await start({ DATA_DIR, FIREBASE_CREDENTIALS_PATH: path() }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(StartupError);
  const { message } = error as StartupError;
  expect(message).toMatch(/^FIREBASE_CREDENTIALS_PATH: [^\n]*$/);
  expect(message).toContain(reason);
  expect(message).not.toContain('top-secret');
  expect(existsSync(join(DATA_DIR, 'dialect.db'))).toBe(false);
});

test.each([
  [undefined, true],
  ['on', true],
  ['OFF', false],
])('PUSH_CONTENT=%s', (PUSH_CONTENT, content) => {
  const settings = readSettings({ FIREBASE_CREDENTIALS_PATH: '/account.json', PUSH_CONTENT });
  expect(settings.push).toEqual({ credentials_path: '/account.json', content });
});

test('PUSH_CONTENT is on or off', () => {
  expect(() => readSettings({ PUSH_CONTENT: 'no' })).toThrow('PUSH_CONTENT must be on or off, not "no".');
});
