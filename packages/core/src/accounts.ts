import { createPasswordHasher } from './defaults/argon2-password-hasher.js';
import { createBloomUsernameFilter } from './defaults/bloom-username-filter.js';
import { createTokenSigner } from './defaults/jose-token-signer.js';
import { MessengerError } from './errors.js';
import type { AccountsOptions } from './options.js';
import type { Clock, EventBus, Logger, PasswordHasher, Storage, TokenSigner } from './ports/index.js';
import { keepUsernames, type Usernames } from './usernames.js';

/** Our own sign-in: everything that only exists when accounts are on. */
export interface Accounts {
  passwords: PasswordHasher;
  tokens: TokenSigner;
  usernames: Usernames;
  phones: { isTaken(phone: string): Promise<boolean> };
}

/** Loads the heavy part (argon2) only now: a host with its own users never pays for it. */
export async function createAccounts(
  options: AccountsOptions,
  services: { storage: Storage; clock: Clock; logger: Logger; bus: EventBus },
): Promise<Accounts> {
  const { storage, clock, logger, bus } = services;
  return {
    passwords: options.passwords ?? (await createPasswordHasher()),
    tokens: options.tokens ?? createTokenSigner(options.secret, { minutes: options.token_minutes ?? 60, clock }),
    usernames: keepUsernames({
      filter: options.usernames ?? createBloomUsernameFilter(),
      snapshot: options.username_snapshot ?? null,
      storage,
      bus,
      logger,
    }),
    phones: { isTaken: async (phone) => (await storage.credentials.find('phone', phone)) !== null },
  };
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
  get phones(): never {
    throw new MessengerError('ACCOUNTS_OFF');
  },
};
