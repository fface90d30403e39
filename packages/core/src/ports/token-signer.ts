/** What an access token says. */
export interface TokenClaims {
  user_id: number;
  /** The sign-in this token came from: stays when the token is renewed. */
  session_id: string;
  /** Of this token alone: what a revocation names. Never the token's text, which has other spellings that verify. */
  token_id: string;
  /** Which client family signed in (`prf`): decides the wire form of shared paths. */
  profile: string;
  /** Milliseconds since 1970. */
  expires_at: number;
}

export interface TokenSigner {
  sign(claims: Omit<TokenClaims, 'token_id' | 'expires_at'>): Promise<{ token: string; claims: TokenClaims }>;
  /** Null when the token is malformed, forged, of another algorithm, or expired. */
  verify(token: string): Promise<TokenClaims | null>;
}
