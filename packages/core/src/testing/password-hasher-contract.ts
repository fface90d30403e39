import { expect } from 'vitest';
import type { PasswordHasher } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

export const passwordHasherCases: Cases<PasswordHasher> = {
  async 'knows the right password from a wrong one'(hasher) {
    const hash = await hasher.hash('correct horse');
    expect(await hasher.verify(hash, 'correct horse')).toBe(true);
    for (const wrong of ['correct hors', 'correct horse ', 'Correct horse', '']) {
      expect([wrong, await hasher.verify(hash, wrong)]).toEqual([wrong, false]);
    }
  },

  async 'lets nobody in where there is no account'(hasher) {
    expect(await hasher.verify(null, 'correct horse')).toBe(false);
    // Not even with the password that stands in for a missing account.
    expect(await hasher.verify(null, 'nobody has this account')).toBe(false);
  },

  async 'takes a password whole: long, with a NUL, in any script'(hasher) {
    for (const password of [`${'x'.repeat(1_023)}1`, 'null\0one', 'пароль👩‍👩‍👧', ' ']) {
      const hash = await hasher.hash(password);
      expect(await hasher.verify(hash, password)).toBe(true);
      expect(await hasher.verify(hash, `${password.slice(0, -1)}2`)).toBe(false);
    }
  },

  async 'salts: the same password never has the same hash twice'(hasher) {
    const [one, two] = await Promise.all([hasher.hash('same password'), hasher.hash('same password')]);
    expect(one).not.toBe(two);
    expect(one).not.toContain('same password');
  },

  async 'does not hold the event loop, and serves all that wait'(hasher) {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const hashes = await Promise.all(Array.from({ length: 8 }, (_, n) => hasher.hash(`password ${n}`)));
    clearInterval(timer);
    expect(new Set(hashes).size).toBe(8);
    expect(turns).toBeGreaterThan(3);
  },

  async 'refuses with BUSY instead of letting any number wait'(hasher) {
    const settled = await Promise.allSettled(
      Array.from({ length: 240 }, () => hasher.verify('$not-a-hash', 'password')),
    );
    const busy = settled.filter((one) => one.status === 'rejected' && one.reason.code === 'BUSY');
    expect(busy.length).toBeGreaterThan(0);
    // And afterwards it works as before.
    expect(await hasher.verify(await hasher.hash('password'), 'password')).toBe(true);
  },
};

export function passwordHasherContract(options: {
  name: string;
  create: () => PasswordHasher | Promise<PasswordHasher>;
}): void {
  runCases(`password hasher contract: ${options.name}`, passwordHasherCases, async (check) =>
    check(await options.create()),
  );
}
