import type { Storage } from '@dialect/core';
import { checkChangesFromAnyRev, checkChangesWhileWriting, type Random } from '@dialect/core/testing';
import { createSqlStorage } from '@dialect/storage-sql';
import fc from 'fast-check';
import { it, vi } from 'vitest';
import { type DatabaseKind, describeDatabases } from './databases.js';
import { openDatabase } from './open-database.js';

// Every run has a database of its own, and makes every table in it.
vi.setConfig({ testTimeout: 60_000 });

/** Chance as fast-check draws it, so that it can shrink what fails. */
function randomFrom(numbers: readonly number[]): Random {
  let index = 0;
  const int = (below: number): number => (numbers[index++ % numbers.length] as number) % below;
  return { int, pick: (from) => from[int(from.length)] as (typeof from)[number] };
}

const chances = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 120 });

async function onFreshStorage(kind: DatabaseKind, check: (storage: Storage) => Promise<void>): Promise<void> {
  const { address, remove } = await kind.create();
  const storage = createSqlStorage(openDatabase(address));
  try {
    await storage.migrate();
    await check(storage);
  } finally {
    await storage.close();
    await remove();
  }
}

describeDatabases('changes', (kind) => {
  const runs = { numRuns: kind.property_runs };

  it('are the state of the tables, from any revision and in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(chances, fc.nat(40), (numbers, steps) =>
        onFreshStorage(kind, (storage) => checkChangesFromAnyRev(storage, randomFrom(numbers), steps)),
      ),
      runs,
    );
  });

  it('lose and double nothing while people write', async () => {
    await fc.assert(
      fc.asyncProperty(chances, fc.nat(20), (numbers, batches) =>
        onFreshStorage(kind, (storage) => checkChangesWhileWriting(storage, randomFrom(numbers), batches)),
      ),
      runs,
    );
  });
});
