import { createPasswordHasher } from './defaults/argon2-password-hasher.js';
import { createBloomUsernameFilter } from './defaults/bloom-username-filter.js';
import { createTokenSigner } from './defaults/jose-token-signer.js';
import { MessengerError } from './errors.js';
import type { AccountsOptions } from './options.js';
import type { Clock, Logger, PasswordHasher, Storage, TokenSigner, UsernameFilter } from './ports/index.js';

/** Our own sign-in: everything that only exists when accounts are on. */
export interface Accounts {
  passwords: PasswordHasher;
  tokens: TokenSigner;
  usernames: UsernameFilter;
}

const slice = 1_000;

/** Loads the heavy parts (argon2, bloom-filters) only now: a host with its own users never pays for them. */
export async function createAccounts(
  options: AccountsOptions,
  services: { storage: Storage; clock: Clock; logger: Logger; isClosed: () => boolean },
): Promise<Accounts> {
  const { storage, clock, logger, isClosed } = services;
  const usernames = options.usernames ?? (await createBloomUsernameFilter());
  const accounts = {
    passwords: options.passwords ?? (await createPasswordHasher()),
    tokens: options.tokens ?? createTokenSigner(options.secret, { minutes: options.token_minutes ?? 60, clock }),
    usernames,
  };
  // Not awaited: until the filter is filled the storage answers.
  usernames.fill(usernameSlices(storage)).catch((error: unknown) => {
    // Nobody asks any more.
    if (isClosed()) return;
    logger.warn('The username filter could not be filled; the database answers instead.', { error: String(error) });
  });
  return accounts;
}

async function* usernameSlices(storage: Storage): AsyncGenerator<string[]> {
  let after_id = 0;
  for (;;) {
    const names = await storage.users.usernames(after_id, slice);
    const last = names.at(-1);
    if (!last) return;
    after_id = last.id;
    yield names.map((name) => name.username_key);
  }
}

/** Stands in when the host brings its own users. */
export const noAccounts: Accounts = {
  get passwords(): never {
    throw new MessengerError('ACCOUNTS_OFF');
  },
  get tokens(): never {
    throw new MessengerError('ACCOUNTS_OFF');
  },
  get usernames(): never {
    throw new MessengerError('ACCOUNTS_OFF');
  },
};
