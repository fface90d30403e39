import type { Accounts } from './accounts.js';
import type { Caller } from './context.js';
import type { Identify, IdentifyRequest, Identity } from './options.js';
import type { Clock, Storage } from './ports/index.js';
import { isWellFormed } from './schemas.js';

/** Who is calling, and until when that is known. */
export interface Identified {
  caller: Caller;
  /** Milliseconds since 1970; null when it does not expire. */
  expires_at: number | null;
}

/** Tokens remembered: verifying one costs 50 to 170 microseconds, and every request brings one. */
const remembered = 10_000;
/**
 * A token as we write it. One valid token has many other spellings that verify, of any length: they are looked at each
 * time, up to a length that no token of ours has.
 */
const canonical = /^[\w-]{1,1024}\.[\w-]{1,2048}\.[\w-]{1,1024}$/;
const longest_token = 8_192;

export interface Identifier {
  identify(request: IdentifyRequest): Promise<Identified | null>;
  asUser(identity: Identity): Promise<Caller>;
}

export function createIdentifier(options: {
  accounts: () => Accounts | null;
  identify: Identify | undefined;
  storage: Storage;
  clock: Clock;
}): Identifier {
  const { accounts, identify, storage, clock } = options;
  const known = new Map<string, Identified>();

  async function byToken(token: string): Promise<Identified | null> {
    const hit = known.get(token);
    if (hit && (hit.expires_at ?? Number.POSITIVE_INFINITY) > clock.now()) return hit;
    known.delete(token);
    if (token.length > longest_token) return null;
    const claims = await accounts()?.tokens.verify(token);
    if (!claims) return null;
    const { user_id, session_id, expires_at } = claims;
    const identified = { caller: { user_id, session_id }, expires_at };
    if (!canonical.test(token)) return identified;
    if (known.size >= remembered) known.delete(known.keys().next().value as string);
    known.set(token, identified);
    return identified;
  }

  async function byHost(identity: Identity): Promise<Identified> {
    const session = identity.session_id === undefined ? {} : { session_id: identity.session_id };
    const user_id = 'user_id' in identity ? identity.user_id : await upsert(identity);
    return { caller: { user_id, ...session }, expires_at: identity.expires_at ?? null };
  }

  async function upsert(identity: Extract<Identity, { external_id: string }>): Promise<number> {
    const { external_id, first_name, last_name } = identity;
    // Databases compare other things with a text by rules of their own: on MySQL the number 0 is like any name.
    // And two with a lone surrogate each would be one and the same.
    if (typeof external_id !== 'string' || external_id === '' || !isWellFormed(external_id)) {
      throw new TypeError('An external_id has to be a text, and well-formed Unicode.');
    }
    const names = { ...(first_name !== undefined && { first_name }), ...(last_name !== undefined && { last_name }) };
    return (await storage.users.upsert({ external_id, ...names, at: clock.now() })).id;
  }

  return {
    async identify(request) {
      if (accounts() && request.token) {
        const identified = await byToken(request.token);
        if (identified) return identified;
      }
      const identity = await identify?.(request);
      return identity ? byHost(identity) : null;
    },
    asUser: async (identity) => (await byHost(identity)).caller,
  };
}
