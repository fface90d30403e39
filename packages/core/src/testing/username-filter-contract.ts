import { expect } from 'vitest';
import type { UsernameFilter } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

async function* slices(...names: string[][]): AsyncGenerator<string[]> {
  yield* names;
}

const many = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

export const usernameFilterCases: Cases<UsernameFilter> = {
  'says "perhaps" to everything until it is filled'(filter) {
    expect(filter.mayContain('ann')).toBe(true);
    filter.add('bob');
    expect(filter.mayContain('ann')).toBe(true);
  },

  async 'never calls a taken name free'(filter) {
    const names = many('taken', 3_000);
    await filter.fill(slices(names.slice(0, 1_000), [], names.slice(1_000)));
    expect(names.filter((name) => !filter.mayContain(name))).toEqual([]);
    filter.add('later');
    expect(filter.mayContain('later')).toBe(true);
  },

  async 'calls nearly every free name free'(filter) {
    await filter.fill(slices(many('taken', 3_000)));
    const wrong = many('free', 3_000).filter((name) => filter.mayContain(name));
    expect(wrong.length).toBeLessThan(30);
  },

  async 'keeps a name that came while it was being filled'(filter) {
    async function* slow(): AsyncGenerator<string[]> {
      yield ['ann'];
      filter.add('meanwhile');
      expect(filter.mayContain('anything')).toBe(true);
      yield ['bob'];
    }
    await filter.fill(slow());
    expect(['ann', 'meanwhile', 'bob'].map((name) => filter.mayContain(name))).toEqual([true, true, true]);
    expect(filter.mayContain('nobody')).toBe(false);
  },

  async 'goes on saying "perhaps" when filling fails'(filter) {
    async function* broken(): AsyncGenerator<string[]> {
      yield ['ann'];
      throw new Error('the database is gone');
    }
    await expect(filter.fill(broken())).rejects.toThrow('the database is gone');
    expect(filter.mayContain('nobody')).toBe(true);
  },

  async 'lets the event loop turn while it is filled'(filter) {
    let turns = 0;
    let is_filling = true;
    const turn = (): void => {
      turns += 1;
      if (is_filling) setImmediate(turn);
    };
    setImmediate(turn);
    await filter.fill(slices(many('taken', 5_000)));
    is_filling = false;
    expect(turns).toBeGreaterThan(5);
  },
};

export function usernameFilterContract(options: {
  name: string;
  create: () => UsernameFilter | Promise<UsernameFilter>;
}): void {
  runCases(`username filter contract: ${options.name}`, usernameFilterCases, async (check) =>
    check(await options.create()),
  );
}
