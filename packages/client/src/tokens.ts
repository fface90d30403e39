import type { Token } from '@dialect/protocol';
import { isDialectError } from './errors.js';
import type { ClientOptions } from './options.js';

export interface Tokens {
  /** The token to use now; null when there is none. */
  current(): Promise<string | null>;
  /** Another one than the current; null when none is to be had. Rejects when that could not be found out. */
  fresh(): Promise<string | null>;
  /** Holds the token of a sign-in; null forgets it. */
  hold(token: string | null): void;
}

/** Tokens live in memory only: where to keep them beyond a reload is the app's decision (and its risk). */
export function createTokens(option: ClientOptions['token'], renew: (token: string) => Promise<Token>): Tokens {
  const ask = typeof option === 'function' ? option : null;
  let held: string | null = typeof option === 'string' ? option : null;
  /** A token from `auth.login` or given as text is renewed by us, one from the callback by the callback. */
  let isOurs = held !== null;
  let pending: Promise<string | null> | null = null;

  async function obtain(): Promise<string | null> {
    const before = held;
    if (!isOurs && ask) {
      const answer = await ask();
      // A sign-in or a sign-out that happened meanwhile is newer than this answer.
      if (held === before && !isOurs) held = answer;
      return held;
    }
    if (before === null) return null;
    try {
      const { access_token } = await renew(before);
      if (held === before) held = access_token;
      return held;
    } catch (error) {
      if (isDialectError(error) && !error.retryable) return null;
      throw error;
    }
  }

  const fresh = () => {
    pending ??= obtain().finally(() => {
      pending = null;
    });
    return pending;
  };

  return {
    current: async () => held ?? (ask && !isOurs ? fresh() : null),
    fresh,
    hold(token) {
      held = token;
      isOurs = token !== null;
    },
  };
}
