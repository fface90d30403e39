import type { Me, Methods, Token } from '@dialect/protocol';
import type { Auth } from './types.js';

export interface AuthHooks {
  methods: Methods['auth'];
  profile(token: string): Promise<Me>;
  /** Holds the token and goes on as this user. */
  signIn(token: string, profile: Me): void;
  signOut(): Promise<void>;
}

export function createAuth({ methods, profile, signIn, signOut }: AuthHooks): Auth {
  return {
    ...methods,
    async login({ phone, password }) {
      const { access_token }: Token = await methods.signIn({ username: phone, password });
      const me = await profile(access_token);
      signIn(access_token, me);
      return me;
    },
    logout: signOut,
  };
}
