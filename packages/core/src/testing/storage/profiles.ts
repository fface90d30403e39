import { expect } from 'vitest';
import type { Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { people, start_at, unique, upTo } from './world.js';

const named = (username: string) => ({ username, username_key: username.toLowerCase() });
const found = async (storage: Storage, text: string): Promise<number[]> =>
  (await storage.users.search({ text, phone: null, limit: 9, offset: 0 })).map((user) => user.id);

export const profileCases: Cases<Bed> = {
  async 'changes what is given, keeps the rest, and counts the change'({ storage }) {
    const { id } = await storage.users.upsert({ external_id: unique(), first_name: 'Ann', last_name: 'Lee', at: 1 });
    const [before] = await storage.users.get([id]);
    const patch = { first_name: 'Änne', bio: 'Ça va? 🙂', status_text: 'away', status_expires_at: 2 ** 40 + 1 };
    const user = { ...before, ...patch, urev: 1 };
    expect(await storage.users.update(id, patch, start_at)).toEqual({ user, freed: [] });
    expect(await storage.users.get([id])).toEqual([user]);
    await storage.users.update(id, { last_name: null, bio: null, public_key: 'key' }, start_at);
    expect(await storage.users.get([id])).toEqual([
      { ...user, last_name: null, bio: null, public_key: 'key', urev: 2 },
    ]);
    expect(await storage.users.update(999_999, patch, start_at)).toBeNull();
  },

  async 'lets people be found by what they are called now'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    await storage.users.update(ann, { ...named('zebra'), first_name: 'Quentin' }, start_at);
    expect([await found(storage, 'zebra'), await found(storage, 'quent'), await found(storage, 'person')]).toEqual([
      [ann],
      [ann],
      [],
    ]);
    await storage.users.update(ann, { username: null, username_key: null }, start_at);
    expect([await found(storage, 'zebra'), await found(storage, 'quent')]).toEqual([[], [ann]]);
  },

  async 'frees the name that is given up, and refuses one that is taken'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await storage.users.update(ann, named('Ann'), start_at);
    const refused = { ...named('ANN'), bio: 'written with it or not at all' };
    expect(await storage.users.update(bob, refused, start_at)).toEqual({ taken: 'username' });
    expect(await storage.users.get([bob])).toMatchObject([{ username: null, bio: null, urev: 0 }]);
    // One's own name is not taken, in whatever case.
    expect(await storage.users.update(ann, named('aNN'), start_at)).toMatchObject({ user: { username: 'aNN' } });
    await storage.users.update(ann, named('anna'), start_at);
    expect(await storage.users.isUsernameTaken('ann')).toBe(false);
    expect(await storage.users.update(bob, named('ann'), start_at)).toMatchObject({ user: { username_key: 'ann' } });
  },

  async 'lets one of those who race for a username win'({ storage }) {
    const ids = await people(storage, 10);
    const outcomes = await Promise.all(ids.map((id) => storage.users.update(id, named('ann'), start_at)));
    expect(outcomes.filter((outcome) => outcome && 'user' in outcome)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome && 'taken' in outcome)).toHaveLength(9);
    expect(await found(storage, 'ann')).toHaveLength(1);
  },

  async 'loses none of the changes that one person makes at the same time'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    await Promise.all([
      storage.users.update(ann, { bio: 'b' }, start_at),
      storage.users.update(ann, { status_text: 's' }, start_at),
      storage.users.update(ann, { last_name: 'l' }, start_at),
      ...upTo(5).map((n) => storage.users.seen([{ user_id: ann, at: n }])),
    ]);
    expect(await storage.users.get([ann])).toMatchObject([
      { bio: 'b', status_text: 's', last_name: 'l', urev: 3, last_seen_at: 5 },
    ]);
  },
};
