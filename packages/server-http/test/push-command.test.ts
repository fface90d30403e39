import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { useCommand } from './support/run-command.js';
import { accountFile } from './support/service-account.js';
import { temporaryFolder } from './support/start-api.js';

const command = useCommand();
const settings = () => ({ PORT: '0', DATA_DIR: temporaryFolder(), FIREBASE_CREDENTIALS_PATH: accountFile() });

test('the server prints where it pushes to', async () => {
  const { until } = command.run(['serve'], settings());
  expect(await until('Push')).toMatch(/^ {2}Push {6}FCM project my-app$/m);
});

test('without firebase-admin it says what to install', async () => {
  // As Node says it of a package that is not there.
  const hook = `export const resolve = (name, context, next) => {
    if (!name.startsWith('firebase-admin')) return next(name, context);
    throw Object.assign(new Error("Cannot find package 'firebase-admin'"), { code: 'ERR_MODULE_NOT_FOUND' });
  }`;
  const script = join(temporaryFolder(), 'without.mjs');
  writeFileSync(
    script,
    `import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
    await (await import(${JSON.stringify(pathToFileURL(command.path()).href)})).main(['serve']);`,
  );
  const { code, stderr } = await command.run([], settings(), { script }).ended;
  expect([code, stderr]).toEqual([
    1,
    'dialect: FIREBASE_CREDENTIALS_PATH: push needs two more packages: npm install @dialect/push-fcm firebase-admin\n',
  ]);
});
