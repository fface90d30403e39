import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@dialect/adapter-sqlite';
import { createFileSnapshot, createLocalEventBus, type EventBus, type Storage } from '@dialect/core';
import { createTestMessenger } from '@dialect/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountsForTests, spiedOn, startMessenger, withReplaced } from './helpers.js';

let phones = 0;
const add = (storage: Storage, username_key: string) =>
  storage.users.create(
    { first_name: 'A', username: username_key, username_key, created_at: 1 },
    { kind: 'phone', lookup: `${++phones}`, secret: '' },
  );

/** A folder with a database of some names and the place of a snapshot. */
async function createPlace(...names: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-usernames-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'usernames.filter');
  const open = () => sqlite(join(folder, 'chat.db'));
  const during = async (work: (storage: Storage) => Promise<unknown>) => {
    const storage = open();
    await storage.migrate();
    await work(storage);
    await storage.close();
  };
  await during(async (storage) => {
    for (const name of names) await add(storage, name);
  });
  return { folder, path, open, during };
}

/** Nobody gets to read all users: whatever the filter knows is from its snapshot. */
const withoutFullRead = (storage: Storage): Storage =>
  withReplaced(storage, {
    users: {
      usernames: (after_id, limit) =>
        after_id === 0 ? new Promise<never>(() => undefined) : storage.users.usernames(after_id, limit),
    },
  });

async function start(storage: Storage, path: string, bus?: EventBus) {
  const spied = spiedOn(storage);
  const { accounts } = accountsForTests();
  const messenger = await createTestMessenger({
    storage: spied.storage,
    accounts: { ...accounts, username_snapshot: createFileSnapshot(path) },
    ...(bus && { bus }),
  });
  const isFree = async (username: string) => (await messenger.users.checkUsername(null, { username })).is_available;
  const logged = (part: string) => messenger.lines.filter(({ message }) => message.includes(part));
  return { messenger, isFree, logged, calls: spied.calls };
}

const until = async (condition: () => boolean | Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
};
/** One run of a process, up to a clean stop with a filter that has read every name. */
async function liveOnce(storage: Storage, path: string) {
  const { messenger, logged } = await start(storage, path);
  await until(() => logged('from the database').length > 0);
  await messenger.close();
}

// More than are read again for safety, so that what is in the snapshot is known by the snapshot alone.
const many = Array.from({ length: 1_200 }, (_, n) => `old_${n}`);

describe('the snapshot of the usernames', () => {
  it('answers at once after a restart, with the names that came since', async () => {
    const { path, open, during } = await createPlace(...many);
    await liveOnce(open(), path);
    await during((storage) => add(storage, 'newcomer'));
    const { messenger, isFree, logged, calls } = await start(withoutFullRead(open()), path);
    await until(() => logged('from its snapshot').length > 0);
    expect(logged('from its snapshot')[0]).toMatchObject({
      level: 'info',
      fields: { names: expect.any(Number), bytes: expect.any(Number), seconds: expect.any(Number) },
    });
    calls.length = 0;
    expect([await isFree('nobody'), calls]).toEqual([true, []]);
    expect([await isFree('old_3'), await isFree('newcomer')]).toEqual([false, false]);
    await messenger.close();
  });

  it('has the names of this run when it ends', async () => {
    const { path, open } = await createPlace(...many);
    await liveOnce(open(), path);
    const second = await start(withoutFullRead(open()), path);
    await until(() => second.logged('from its snapshot').length > 0);
    await second.messenger.auth.register(null, { phone: '+4915112345', password: 'correct horse', username: 'Eve' });
    await second.messenger.close();
    // Even where the list of users does not tell of her.
    const storage = open();
    const usernames = (after_id: number) =>
      after_id === 0 ? new Promise<never>(() => undefined) : Promise.resolve([]);
    const third = await start(withReplaced(storage, { users: { usernames } }), path);
    await until(() => third.logged('from its snapshot').length > 0);
    expect([await third.isFree('nobody'), await third.isFree('eve')]).toEqual([true, false]);
    await third.messenger.close();
  });

  it('finds a name that somebody changed to since: every user is read once more', async () => {
    const { path, open, folder } = await createPlace('ann', ...many);
    await liveOnce(open(), path);
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(join(folder, 'chat.db'));
    database.prepare(`update dialect_users set username_key = 'anna' where username_key = 'ann'`).run();
    database.close();
    const { messenger, isFree, logged } = await start(open(), path);
    await until(() => logged('from the database').length > 0);
    expect([await isFree('anna'), await isFree('ann')]).toEqual([false, true]);
    await messenger.close();
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -100)],
    ['empty', () => Buffer.alloc(0)],
    ['of something else', () => Buffer.from('x'.repeat(1_000))],
    ['with a flipped bit', (bytes: Buffer) => bytes.fill((bytes[5_000] as number) ^ 1, 5_000, 5_001)],
  ])('is not trusted when it is %s', async (_, damage) => {
    const { path, open } = await createPlace(...many);
    await liveOnce(open(), path);
    writeFileSync(path, damage(readFileSync(path)));
    const { messenger, isFree, logged } = await start(withoutFullRead(open()), path);
    await until(() => logged('damaged').length > 0);
    expect([await isFree('nobody'), await isFree('old_3')]).toEqual([true, false]);
    expect(logged('is filled')).toEqual([]);
    await messenger.close();
  });

  it('is not trusted for another database, nor for a restored one', async () => {
    const { path, open } = await createPlace(...many);
    await liveOnce(open(), path);
    const other = await createPlace('somebody');
    const { messenger, isFree, logged } = await start(withoutFullRead(other.open()), path);
    await until(() => logged('another database').length > 0);
    expect(await isFree('somebody')).toBe(false);
    await messenger.close();
  });
});

describe('names that others give away', () => {
  it('are known on every node with the same bus, and told to no listener', async () => {
    const { path, open } = await createPlace('ann');
    const bus = createLocalEventBus();
    // Each node ends by itself; the bus is the network between them.
    const shared = { ...bus, close: async () => undefined };
    const [a, b] = [await start(open(), `${path}.a`, shared), await start(open(), `${path}.b`, shared)];
    await until(() => [a, b].every(({ logged }) => logged('from the database').length > 0));
    b.calls.length = 0;
    expect([await b.isFree('eve'), b.calls]).toEqual([true, []]);
    await a.messenger.auth.register(null, { phone: '+4915112345', password: 'correct horse', username: 'Eve' });
    expect([await b.isFree('eve'), b.calls]).toEqual([false, ['users.isUsernameTaken']]);
    expect([a.messenger.events, b.messenger.events]).toEqual([[], []]);
    await Promise.all([a.messenger.close(), b.messenger.close()]);
  });

  it('are read from the database when the bus may have missed some', async () => {
    const { path, open, during } = await createPlace('ann');
    let tellOfGap = (): void => undefined;
    const bus: EventBus = {
      ...createLocalEventBus(),
      onGap(listener) {
        tellOfGap = listener;
        return () => undefined;
      },
    };
    const { messenger, isFree, logged, calls } = await start(open(), path, bus);
    await until(() => logged('from the database').length > 0);
    await during((storage) => add(storage, 'stranger'));
    // At worst a name is called free that is not; the registration knows better.
    expect(await isFree('stranger')).toBe(true);
    calls.length = 0;
    await until(async () => {
      tellOfGap();
      return !(await isFree('stranger'));
    });
    await messenger.close();
  });
});

describe('without a snapshot', () => {
  it('nothing is kept', async () => {
    const { accounts } = accountsForTests();
    const messenger = await startMessenger({ accounts });
    await until(() => messenger.lines.some(({ message }) => message.includes('from the database')));
    expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});
