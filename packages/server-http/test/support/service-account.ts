import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './start-api.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A service account as the Firebase console makes them, of a project that does not exist. */
export const serviceAccount = {
  project_id: 'my-app',
  client_email: 'push@my-app.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
};

/** The path of a file that holds this, until the test ends. */
export function accountFile(content: object | string = serviceAccount): string {
  const path = join(temporaryFolder(), 'account.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}
