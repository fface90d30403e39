import { expect } from 'vitest';
import type { UsernameFilter } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

async function* slices(...names: string[][]): AsyncGenerator<string[]> {
  yield* names;
}

const many = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

export interface UsernameFilterSubject {
  filter: UsernameFilter;
  /** Makes another one, as a later process would. */
  create(): UsernameFilter | Promise<UsernameFilter>;
}

export const usernameFilterCases: Cases<UsernameFilterSubject> = {
  'says "perhaps" to everything until it is filled'({ filter }) {
    expect(filter.mayContain('ann')).toBe(true);
    filter.add('bob');
    expect(filter.mayContain('ann')).toBe(true);
  },

  async 'never calls a taken name free'({ filter }) {
    const names = many('taken', 3_000);
    await filter.fill(slices(names.slice(0, 1_000), [], names.slice(1_000)));
    expect(names.filter((name) => !filter.mayContain(name))).toEqual([]);
    filter.add('later');
    expect(filter.mayContain('later')).toBe(true);
  },

  async 'calls nearly every free name free'({ filter }) {
    await filter.fill(slices(many('taken', 3_000)));
    const wrong = many('free', 3_000).filter((name) => filter.mayContain(name));
    expect(wrong.length).toBeLessThan(30);
  },

  async 'keeps a name that came while it was being filled'({ filter }) {
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

  async 'goes on saying "perhaps" when filling fails'({ filter }) {
    async function* broken(): AsyncGenerator<string[]> {
      yield ['ann'];
      throw new Error('the database is gone');
    }
    await expect(filter.fill(broken())).rejects.toThrow('the database is gone');
    expect(filter.mayContain('nobody')).toBe(true);
  },

  async 'lets the event loop turn while it is filled'({ filter }) {
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

  async 'takes more names than it was made for, and stays exact'({ filter }) {
    await filter.fill(slices(many('taken', 1_000)));
    const names = many('later', 20_000);
    for (const name of names) filter.add(name);
    expect(names.filter((name) => !filter.mayContain(name))).toEqual([]);
    const wrong = many('free', 20_000).filter((name) => filter.mayContain(name));
    expect(wrong.length).toBeLessThan(100);
  },

  async 'answers from what it has while it is filled again, and forgets what is gone'({ filter }) {
    await filter.fill(slices(many('old', 100)));
    async function* again(): AsyncGenerator<string[]> {
      yield ['ann'];
      expect([filter.mayContain('old7'), filter.mayContain('ann')]).toEqual([true, false]);
      filter.add('meanwhile');
      expect(filter.mayContain('meanwhile')).toBe(true);
      yield ['bob'];
    }
    await filter.fill(again());
    const known = ['ann', 'bob', 'meanwhile', 'old7'].map((name) => filter.mayContain(name));
    expect(known).toEqual([true, true, true, false]);
  },

  async 'keeps what it had when it cannot be filled again'({ filter }) {
    await filter.fill(slices(['ann']));
    async function* broken(): AsyncGenerator<string[]> {
      yield ['bob'];
      throw new Error('the database is gone');
    }
    await expect(filter.fill(broken())).rejects.toThrow('the database is gone');
    expect([filter.mayContain('ann'), filter.mayContain('bob')]).toEqual([true, false]);
  },

  async 'is ready with a content that it saved, besides what came before'({ filter, create }) {
    if (!filter.save || !filter.load) return;
    await filter.fill(slices(many('taken', 5_000)));
    const later = await create();
    later.add('early');
    expect(later.load?.(Buffer.concat([...filter.save()]))).toBe(true);
    expect(many('taken', 5_000).filter((name) => !later.mayContain(name))).toEqual([]);
    expect([later.mayContain('early'), later.mayContain('nobody')]).toEqual([true, false]);
    later.add('late');
    expect(later.mayContain('late')).toBe(true);
  },

  async 'takes no other bytes for a content'({ filter, create }) {
    if (!filter.save || !filter.load) return;
    await filter.fill(slices(['ann']));
    const saved = Buffer.concat([...filter.save()]);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100), Buffer.from('{}'), saved.subarray(0, -1)]) {
      const later = await create();
      expect(later.load?.(bytes)).toBe(false);
      expect(later.mayContain('nobody')).toBe(true);
    }
  },
};

export function usernameFilterContract(options: {
  name: string;
  create: () => UsernameFilter | Promise<UsernameFilter>;
}): void {
  runCases(`username filter contract: ${options.name}`, usernameFilterCases, async (check) =>
    check({ filter: await options.create(), create: options.create }),
  );
}
