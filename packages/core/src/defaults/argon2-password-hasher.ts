import { createLimited } from '../limited.js';
import type { PasswordHasher } from '../ports/index.js';

/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Each hash holds a thread of libuv's pool of four; more at once would starve file and DNS work. */
const at_once = 2;
const may_wait = 200;

export async function createPasswordHasher(): Promise<PasswordHasher> {
  const argon2 = (await import('argon2')).default;
  const hash = (password: string) => argon2.hash(password, { type: argon2.argon2id, ...parameters });
  const limited = createLimited(at_once, may_wait);
  const nobody = await hash('nobody has this account');

  return {
    hash: (password) => limited(() => hash(password)),
    verify: (stored, password) =>
      limited(async () => (await argon2.verify(stored ?? nobody, password)) && stored !== null),
  };
}
