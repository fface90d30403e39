import { expect } from 'vitest';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { people, start_at, unique, upTo } from './world.js';

const account = (username: string | null, lookup: string) =>
  [
    { first_name: 'Ann', created_at: start_at, ...(username && { username, username_key: username.toLowerCase() }) },
    { kind: 'phone', lookup, secret: 'hash' } as const,
  ] as const;

export const userCases: Cases<Bed> = {
  async 'creates the user and the credential together'({ storage }) {
    const created = await storage.users.create(...account('Ann', '+491'));
    if (!('user' in created)) throw new Error('taken');
    expect(created.user).toMatchObject({ username: 'Ann', username_key: 'ann', first_name: 'Ann', urev: 0 });
    expect(await storage.users.get([created.user.id])).toEqual([created.user]);
    expect(await storage.credentials.find('phone', '+491')).toEqual({ user_id: created.user.id, secret: 'hash' });
    expect(await storage.credentials.lookupOf(created.user.id, 'phone')).toBe('+491');
  },

  async 'knows no credential that was never given'({ storage }) {
    const [ann] = await people(storage, 1);
    expect(await storage.credentials.find('phone', '+491')).toBeNull();
    expect(await storage.credentials.lookupOf(ann as number, 'phone')).toBeNull();
  },

  async 'lets one of those who race for a username win, and leaves nothing of the others'({ storage, probe }) {
    const lookups = upTo(20).map((n) => `+4910${n}`);
    const outcomes = await Promise.all(lookups.map((lookup) => storage.users.create(...account('ann', lookup))));
    expect(outcomes.filter((outcome) => 'user' in outcome)).toHaveLength(1);
    expect(outcomes.filter((outcome) => 'taken' in outcome && outcome.taken === 'username')).toHaveLength(19);
    expect(await probe.count('users')).toBe(1);
    expect(await probe.count('credentials')).toBe(1);
  },

  async 'lets one of those who race for a credential win, and leaves no user without one'({ storage, probe }) {
    const names = upTo(20).map((n) => `name${n}`);
    const outcomes = await Promise.all(names.map((name) => storage.users.create(...account(name, '+491'))));
    expect(outcomes.filter((outcome) => 'user' in outcome)).toHaveLength(1);
    expect(outcomes.filter((outcome) => 'taken' in outcome && outcome.taken === 'credential')).toHaveLength(19);
    expect(await probe.count('users')).toBe(1);
    const free = await Promise.all(names.map((name) => storage.users.isUsernameTaken(name)));
    expect(free.filter((is_taken) => is_taken)).toHaveLength(1);
  },

  async 'takes any number of people without a username'({ storage, probe }) {
    await storage.users.create(...account(null, '+491'));
    await storage.users.create(...account(null, '+492'));
    expect(await probe.count('users')).toBe(2);
  },

  async 'compares usernames and credentials byte by byte'({ storage }) {
    await storage.users.create(...account('straße', '+491'));
    expect(await storage.users.isUsernameTaken('strasse')).toBe(false);
    expect(await storage.users.create(...account('strasse', '+491 '))).toHaveProperty('user');
    expect(await storage.users.create(...account('strässe', '+492'))).toHaveProperty('user');
  },

  async 'gives everybody who races to bring a host’s user the same one'({ storage, probe }) {
    const external_id = unique();
    const rows = await Promise.all(
      upTo(20).map(() => storage.users.upsert({ external_id, first_name: 'Ann', at: start_at })),
    );
    expect(new Set(rows.map((row) => row.id)).size).toBe(1);
    expect(await probe.count('users')).toBe(1);
  },

  async 'updates the given names of a host’s user and keeps the others'({ storage }) {
    const external_id = unique();
    const first = await storage.users.upsert({ external_id, first_name: 'Ann', last_name: 'Lee', at: 1 });
    expect(first).toMatchObject({ external_id, first_name: 'Ann', last_name: 'Lee', created_at: 1 });
    expect(await storage.users.upsert({ external_id, at: 2 })).toEqual(first);
    expect(await storage.users.upsert({ external_id, first_name: 'Anna', at: 2 })).toEqual({
      ...first,
      first_name: 'Anna',
    });
    expect(await storage.users.upsert({ external_id, last_name: null, at: 2 })).toMatchObject({
      first_name: 'Anna',
      last_name: null,
    });
    expect(await storage.users.search({ text: 'lee', phone: null, limit: 9, offset: 0 })).toEqual([]);
    expect(await storage.users.get([first.id])).toEqual([{ ...first, first_name: 'Anna', last_name: null }]);
  },

  async 'calls a host’s user without names by the host’s id'({ storage }) {
    const external_id = unique();
    expect(await storage.users.upsert({ external_id, at: 1 })).toMatchObject({ first_name: external_id });
  },

  async 'gets those of the ids that exist'({ storage }) {
    const ids = await people(storage, 3);
    expect(await storage.users.get([])).toEqual([]);
    expect(await storage.users.get([999_999])).toEqual([]);
    const found = await storage.users.get([...ids, 999_999]);
    expect(found.map((user) => user.id).sort((a, b) => a - b)).toEqual(ids);
  },

  async 'finds people by a part of their names and by a whole phone number'({ storage }) {
    await storage.users.create(
      { username: 'annlee', username_key: 'annlee', first_name: 'Änne', last_name: 'O’Hara_100%', created_at: 1 },
      { kind: 'phone', lookup: '+4915112345', secret: '' },
    );
    const find = async (text: string, phone: string | null = null) =>
      (await storage.users.search({ text, phone, limit: 9, offset: 0 })).length;
    for (const text of ['nnle', 'ANNLEE', 'änn', 'ÄNN', 'o’ha', '_100%', 'ａｎｎ'])
      expect([text, await find(text)]).toEqual([text, 1]);
    // No wildcards, no injection, and no number by a part of it.
    for (const text of ['a%e', 'a_n', '%', "' or 1=1 --", '\\', '15112345'])
      expect([text, await find(text)]).toEqual([text, text === '%' ? 1 : 0]);
    expect(await find('zzz', '+4915112345')).toBe(1);
    expect(await find('zzz', '+491511234')).toBe(0);
  },

  async 'finds people by names whose normal form is many times as long'({ storage }) {
    // One character, eighteen in its compatibility form.
    const long = '\ufdfa'.repeat(60);
    await storage.users.create(
      { username: 'annlee', username_key: 'annlee', first_name: long, last_name: long, created_at: 1 },
      { kind: 'phone', lookup: '+491', secret: '' },
    );
    const hosted = await storage.users.upsert({ external_id: unique(), first_name: long, last_name: long, at: 1 });
    expect(await storage.users.get([hosted.id])).toMatchObject([{ first_name: long, last_name: long }]);
    const find = async (text: string) =>
      (await storage.users.search({ text, phone: null, limit: 9, offset: 0 })).length;
    expect([await find('annlee'), await find('\ufdfa'), await find('\ufdfa'.normalize('NFKC'))]).toEqual([1, 2, 2]);
  },

  async 'pages a search without repeats'({ storage }) {
    const ids = await people(storage, 7);
    const pages = await Promise.all(
      [0, 3, 6].map((offset) => storage.users.search({ text: 'person', phone: null, limit: 3, offset })),
    );
    expect(pages.flat().map((user) => user.id)).toEqual(ids);
  },

  async 'lists every username in ascending id'({ storage }) {
    await people(storage, 2);
    for (const n of upTo(5)) await storage.users.create(...account(`name${n}`, `+49${n}`));
    const first = await storage.users.usernames(0, 3);
    const rest = await storage.users.usernames(first.at(-1)?.id ?? 0, 3);
    expect([...first, ...rest].map((row) => row.username_key)).toEqual(upTo(5).map((n) => `name${n}`));
  },

  async 'moves the last sighting forward and never back'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const seenAt = async (id: number) => (await storage.users.get([id]))[0]?.last_seen_at;
    expect(await seenAt(ann)).toBeNull();
    await storage.users.seen([
      { user_id: bob, at: 70 },
      { user_id: ann, at: 50 },
      { user_id: ann, at: 40 },
    ]);
    await storage.users.seen([{ user_id: bob, at: 60 }]);
    expect([await seenAt(ann), await seenAt(bob)]).toEqual([50, 70]);
    await storage.users.seen([{ user_id: 999_999, at: 1 }]);
    await storage.users.seen([]);
  },
};
