import { sqlite } from '@dialect/adapter-sqlite';
import { checkChangesFromAnyRev, checkChangesWhileWriting, type Random } from '@dialect/core/testing';
import fc from 'fast-check';
import { describe, it } from 'vitest';

/** Chance as fast-check draws it, so that it can shrink what fails. */
function randomFrom(numbers: readonly number[]): Random {
  let index = 0;
  const int = (below: number): number => (numbers[index++ % numbers.length] as number) % below;
  return { int, pick: (from) => from[int(from.length)] as (typeof from)[number] };
}

const chances = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 120 });

async function onFreshStorage(check: (storage: ReturnType<typeof sqlite>) => Promise<void>): Promise<void> {
  const storage = sqlite(':memory:');
  try {
    await storage.migrate();
    await check(storage);
  } finally {
    await storage.close();
  }
}

describe('changes', () => {
  it('are the state of the tables, from any revision and in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(chances, fc.nat(40), (numbers, steps) =>
        onFreshStorage((storage) => checkChangesFromAnyRev(storage, randomFrom(numbers), steps)),
      ),
      { numRuns: 60 },
    );
  });

  it('lose and double nothing while people write', async () => {
    await fc.assert(
      fc.asyncProperty(chances, fc.nat(20), (numbers, batches) =>
        onFreshStorage((storage) => checkChangesWhileWriting(storage, randomFrom(numbers), batches)),
      ),
      { numRuns: 60 },
    );
  });
});
