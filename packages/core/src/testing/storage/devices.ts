import { expect } from 'vitest';
import type { DeviceRow, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { people, start_at, upTo } from './world.js';

function register(storage: Storage, user_id: number, fcm_token: string, given: { at?: number; max?: number } = {}) {
  const { at = start_at, max = 10 } = given;
  return storage.devices.add({ fcm_token, user_id, device_type: 'android', seen_at: at, max });
}

const tokensOf = async (storage: Storage, ...user_ids: number[]): Promise<string[]> =>
  (await storage.devices.of(user_ids)).map((device) => device.fcm_token).sort();

export const deviceCases: Cases<Bed> = {
  async 'keeps what was registered, with an id of its own'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await register(storage, ann, 'a1');
    await storage.devices.add({ fcm_token: 'a2', user_id: ann, device_type: 'ios', seen_at: start_at + 1, max: 10 });
    await register(storage, bob, 'b1');
    const [first, second] = (await storage.devices.of([ann])).sort((a, b) => a.id - b.id) as [DeviceRow, DeviceRow];
    expect(first).toEqual({ id: first.id, fcm_token: 'a1', user_id: ann, device_type: 'android', seen_at: start_at });
    expect(second).toMatchObject({ fcm_token: 'a2', device_type: 'ios', seen_at: start_at + 1 });
    expect(second.id).toBeGreaterThan(first.id);
    expect(await tokensOf(storage, ann, bob)).toEqual(['a1', 'a2', 'b1']);
    expect(await tokensOf(storage)).toEqual([]);
  },

  async 'tells tokens apart byte by byte'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await register(storage, ann, 'abc:DEF_');
    await register(storage, bob, 'abc:def_');
    await register(storage, bob, 'abc:DEF-');
    expect(await tokensOf(storage, ann)).toEqual(['abc:DEF_']);
    await register(storage, ann, 'x'.repeat(512));
    await register(storage, bob, `${'x'.repeat(511)}y`);
    expect(await tokensOf(storage, ann)).toEqual(['abc:DEF_', 'x'.repeat(512)]);
  },

  async 'moves a token to whoever registers it last'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await register(storage, ann, 'shared');
    await register(storage, bob, 'shared', { at: start_at + 5 });
    expect(await tokensOf(storage, ann)).toEqual([]);
    expect(await storage.devices.of([bob])).toMatchObject([{ fcm_token: 'shared', seen_at: start_at + 5 }]);
    await register(storage, bob, 'shared');
    expect(await tokensOf(storage, ann, bob)).toEqual(['shared']);
  },

  async 'gives a token that many race for to one of them'({ storage }) {
    const users = await people(storage, 8);
    for (const round of upTo(5)) {
      await Promise.all(users.map((user_id) => register(storage, user_id, `raced-${round}`)));
      const devices = await storage.devices.of(users);
      expect(devices.filter(({ fcm_token }) => fcm_token === `raced-${round}`)).toHaveLength(1);
    }
  },

  async 'lets the oldest devices of a user go, also when many are registered at once'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await register(storage, bob, 'b1');
    for (const n of upTo(4)) await register(storage, ann, `a${n}`, { at: start_at + n, max: 3 });
    expect(await tokensOf(storage, ann)).toEqual(['a2', 'a3', 'a4']);
    // Registered again, so it is not the oldest any more.
    await register(storage, ann, 'a2', { at: start_at + 5, max: 3 });
    await register(storage, ann, 'a5', { at: start_at + 6, max: 3 });
    expect(await tokensOf(storage, ann)).toEqual(['a2', 'a4', 'a5']);
    await Promise.all(upTo(10).map((n) => register(storage, ann, `c${n}`, { at: start_at + 10, max: 3 })));
    expect(await tokensOf(storage, ann)).toHaveLength(3);
    expect(await tokensOf(storage, bob)).toEqual(['b1']);
  },

  async 'removes a token for its owner alone; repeats are fine'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await register(storage, ann, 'a1');
    await register(storage, bob, 'b1');
    await storage.devices.remove([{ fcm_token: 'a1', user_id: bob }]);
    expect(await tokensOf(storage, ann, bob)).toEqual(['a1', 'b1']);
    const all = upTo(200).map((n) => ({ fcm_token: `none-${n}`, user_id: ann }));
    await storage.devices.remove([...all, { fcm_token: 'a1', user_id: ann }, { fcm_token: 'b1', user_id: bob }]);
    expect(await tokensOf(storage, ann, bob)).toEqual([]);
    await storage.devices.remove([{ fcm_token: 'a1', user_id: ann }]);
    await storage.devices.remove([]);
  },
};
