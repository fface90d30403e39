import { expect } from 'vitest';
import type { UsernameSnapshot } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const read = async (snapshot: UsernameSnapshot): Promise<number[] | null> => {
  const found = await snapshot.load();
  return found && [...found];
};

export const usernameSnapshotCases: Cases<UsernameSnapshot> = {
  async 'has nothing before the first time'(snapshot) {
    expect(await snapshot.load()).toBeNull();
  },

  async 'gives back what was saved last, whole'(snapshot) {
    await snapshot.save([bytes(1, 2), bytes(), bytes(3)]);
    expect(await read(snapshot)).toEqual([1, 2, 3]);
    await snapshot.save([bytes(4)]);
    expect(await read(snapshot)).toEqual([4]);
  },

  async 'keeps what it had when the pieces break off'(snapshot) {
    await snapshot.save([bytes(1)]);
    function* broken(): Generator<Uint8Array> {
      yield bytes(2);
      throw new Error('no more');
    }
    await expect(snapshot.save(broken())).rejects.toThrow('no more');
    expect(await read(snapshot)).toEqual([1]);
    await snapshot.save([bytes(3)]);
    expect(await read(snapshot)).toEqual([3]);
  },
};

export function usernameSnapshotContract(options: {
  name: string;
  create: () => Promise<{ snapshot: UsernameSnapshot; remove(): Promise<void> }>;
}): void {
  runCases(`username snapshot contract: ${options.name}`, usernameSnapshotCases, async (check) => {
    const { snapshot, remove } = await options.create();
    try {
      await check(snapshot);
    } finally {
      await remove();
    }
  });
}
