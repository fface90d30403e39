import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { Clock, TokenSigner } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';

export interface TokenSignerSubject {
  signer: TokenSigner;
  /** A signer with another secret. */
  stranger: TokenSigner;
  clock: FakeClock;
  secret: string;
}

const minutes = 60;
const claims = { user_id: 42, session_id: 'session', profile: 'dialect' };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString());

/** A JWT by hand, signed with whatever the case wants to try. */
function forge(header: object, payload: object, secret: string, hash = 'sha256'): string {
  const body = `${part(header)}.${part(payload)}`;
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}

export const tokenSignerCases: Cases<TokenSignerSubject> = {
  async 'reads back what it signed'({ signer, clock }) {
    const signed = await signer.sign(claims);
    expect(signed.claims).toMatchObject(claims);
    expect(await signer.verify(signed.token)).toEqual(signed.claims);
    expect(signed.claims.expires_at - clock.now()).toBe(minutes * 60_000);
  },

  async 'gives every token an id of its own'({ signer }) {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await signer.sign(claims)).claims.token_id));
    expect(new Set(ids).size).toBe(50);
    expect(ids.every((id) => id.length >= 16)).toBe(true);
  },

  async 'refuses a token from the moment it expires'({ signer, clock }) {
    const { token } = await signer.sign(claims);
    clock.advance(minutes * 60_000 - 1_000);
    expect(await signer.verify(token)).not.toBeNull();
    clock.advance(1_000);
    expect(await signer.verify(token)).toBeNull();
  },

  async 'refuses another’s signature'({ signer, stranger }) {
    expect(await signer.verify((await stranger.sign(claims)).token)).toBeNull();
  },

  async 'refuses tokens without a signature or with another algorithm'({ signer, secret }) {
    const { token } = await signer.sign(claims);
    const payload = payloadOf(token);
    const [header, body] = token.split('.') as [string, string];
    for (const alg of ['none', 'None', 'NONE', 'nOnE']) {
      for (const signature of ['', 'x', token.split('.')[2]]) {
        expect(await signer.verify(`${part({ alg, typ: 'JWT' })}.${body}.${signature}`)).toBeNull();
      }
    }
    expect(await signer.verify(`${header}.${body}.`)).toBeNull();
    expect(await signer.verify(`${header}.${body}`)).toBeNull();
    for (const [alg, hash] of [
      ['HS512', 'sha512'],
      ['HS384', 'sha384'],
      ['RS256', 'sha256'],
      ['hs256', 'sha256'],
    ] as const) {
      expect(await signer.verify(forge({ alg, typ: 'JWT' }, payload, secret, hash)), alg).toBeNull();
    }
    expect(await signer.verify(forge({ alg: 'HS256', typ: 'JWT', crit: ['x'], x: 1 }, payload, secret))).toBeNull();
    expect(await signer.verify(forge({ alg: 'HS256', typ: 'other' }, payload, secret))).toBeNull();
    // The forger's own hand is good: the same with nothing wrong in it passes.
    expect(await signer.verify(forge({ alg: 'HS256', typ: 'JWT' }, payload, secret))).toMatchObject(claims);
  },

  async 'refuses every flipped bit'({ signer }) {
    const { token } = await signer.sign(claims);
    const genuine = await signer.verify(token);
    let tried = 0;
    for (let index = 0; index < token.length; index++) {
      for (const bit of [1, 2, 4, 8, 16, 32]) {
        const code = token.charCodeAt(index) ^ bit;
        const flipped = token.slice(0, index) + String.fromCharCode(code) + token.slice(index + 1);
        const verified = await signer.verify(flipped);
        // The last character of a part has bits that carry nothing: another spelling of the same bytes is no forgery.
        if (verified) expect(verified).toEqual(genuine);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(1_000);
  },

  async 'names a token by its id, because its text has other spellings'({ signer }) {
    const { token, claims: signed } = await signer.sign(claims);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(token.at(-1) as string);
    const spellings = [1, 2, 3].map((n) => `${token.slice(0, -1)}${alphabet[(last & ~3) | ((last + n) & 3)]}`);
    for (const spelling of [...spellings, `${token}=`, `${token} `, `${token}\n`]) {
      const verified = await signer.verify(spelling);
      if (verified) expect(verified.token_id).toBe(signed.token_id);
    }
  },

  async 'refuses a token that lacks a claim or has a wrong one'({ signer, secret }) {
    const header = { alg: 'HS256', typ: 'JWT' };
    const payload = payloadOf((await signer.sign(claims)).token);
    for (const name of ['sub', 'sid', 'prf', 'jti', 'exp', 'iss']) {
      const { [name]: _, ...rest } = payload;
      expect(await signer.verify(forge(header, rest, secret)), `without ${name}`).toBeNull();
    }
    const wrong = [
      { sub: 'ann' },
      { sub: '1.5' },
      { sub: '-1' },
      { sub: '' },
      { sub: '1e3x' },
      { iss: 'other' },
      { exp: '9999999999' },
    ];
    for (const claim of wrong) {
      expect(await signer.verify(forge(header, { ...payload, ...claim }, secret)), JSON.stringify(claim)).toBeNull();
    }
  },

  async 'refuses what is no token at all'({ signer }) {
    for (const text of ['', '.', '..', 'a.b.c', 'Bearer x', '{}', '\0', 'x'.repeat(100_000), '💥.💥.💥']) {
      expect(await signer.verify(text)).toBeNull();
    }
  },
};

/** For signers of JWTs with HS256: the corpus signs by hand what an attacker would try, and what a mistake would make. */
export function tokenSignerContract(options: {
  name: string;
  create: (options: { secret: string; minutes: number; clock: Clock }) => TokenSigner;
}): void {
  runCases(`token signer contract: ${options.name}`, tokenSignerCases, (check) => {
    const clock = createFakeClock();
    const secret = 'a secret for tests, of 32 bytes or more';
    const signer = options.create({ secret, minutes, clock });
    const stranger = options.create({ secret: `another: ${secret}`, minutes, clock });
    return Promise.resolve(check({ signer, stranger, clock, secret }));
  });
}
