import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSecret } from './settings.js';

export interface SecretKey {
  secret: string;
  path: string;
  is_new: boolean;
  /** Others on this machine may read the file. */
  is_exposed: boolean;
}

/** The key of this data folder: the one that is there, or else a random one. @throws StartupError for a damaged file */
export function keepSecretKey(data_dir: string): SecretKey {
  const path = join(data_dir, 'secret.key');
  const is_new = create(path);
  const secret = checkSecret(readFileSync(path, 'utf8').trim(), path);
  // Windows has no such bits: there the folder's rights decide.
  const is_exposed = process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  return { secret, path, is_new, is_exposed };
}

/** False when there is one. Only one of two processes that start at once creates it. */
function create(path: string): boolean {
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600, flush: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
