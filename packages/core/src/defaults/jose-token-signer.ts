import { createSecretKey, randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Clock, TokenSigner } from '../ports/index.js';

const algorithm = 'HS256';
const issuer = 'dialect';
const least_bytes = 32;

/** Access tokens as HS256 JWTs (RFC 7519). The algorithm is fixed here; what the token's header says cannot change it. */
export function createTokenSigner(
  secret: string | Uint8Array,
  options: { minutes: number; clock: Clock },
): TokenSigner {
  const bytes = Buffer.from(secret as string);
  if (bytes.length < least_bytes) {
    throw new Error(`accounts.secret must have at least ${least_bytes} bytes; it has ${bytes.length}.`);
  }
  const key = createSecretKey(bytes);
  const { clock, minutes } = options;

  return {
    async sign(given) {
      const now = Math.floor(clock.now() / 1000);
      const expires = now + Math.round(minutes * 60);
      const claims = { ...given, token_id: randomBytes(12).toString('base64url'), expires_at: expires * 1000 };
      const token = await new SignJWT({ sid: claims.session_id, prf: claims.profile })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .setSubject(String(claims.user_id))
        .setIssuer(issuer)
        .setJti(claims.token_id)
        .setIssuedAt(now)
        .setExpirationTime(expires)
        .sign(key);
      return { token, claims };
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [algorithm],
          issuer,
          typ: 'JWT',
          requiredClaims: ['sub', 'sid', 'prf', 'jti', 'exp'],
          currentDate: new Date(clock.now()),
        });
        const user_id = Number(payload.sub);
        if (!Number.isSafeInteger(user_id) || user_id <= 0) return null;
        return {
          user_id,
          session_id: String(payload.sid),
          token_id: payload.jti as string,
          profile: String(payload.prf),
          expires_at: (payload.exp as number) * 1000,
        };
      } catch {
        return null;
      }
    },
  };
}
