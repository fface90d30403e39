import type { Input, Me, Token } from '@dialect/protocol';
import type { Auth } from './types.js';

export interface AuthHooks {
  signIn(input: Input<'auth.signIn'>): Promise<Token>;
  profile(token: string): Promise<Me>;
  /** Holds the token and goes on as this user. */
  become(token: string, profile: Me): void;
  signOut(): Promise<void>;
}

export function createAuth({ profile, signIn, become, signOut }: AuthHooks): Pick<Auth, 'login' | 'logout'> {
  return {
    async login({ phone, password }) {
      const { access_token } = await signIn({ username: phone, password });
      const me = await profile(access_token);
      become(access_token, me);
      return me;
    },
    logout: signOut,
  };
}
