import { sqlite } from '@dialect/adapter-sqlite';
import { createFakeClock } from '@dialect/core/testing';
import { expect, it, onTestFinished } from 'vitest';
import { expandOutbox } from '../../src/push/expand.js';
import { append, group, mustWrite, people, start_at } from '../../src/testing/storage/world.js';

const options = { gather_ms: 500, hold_ms: 1_000 };

it('leaves a chat alone until its oldest message has been gathered for, whoever looks', async () => {
  const storage = sqlite(':memory:');
  onTestFinished(() => storage.close());
  await storage.migrate();
  const clock = createFakeClock(start_at);
  const presence = { isFocused: () => false } as never;
  const look = () => expandOutbox({ storage, presence, clock }, options);
  const [ann, bob] = (await people(storage, 2)) as [number, number];
  await storage.devices.add({ user_id: bob, fcm_token: 'bob-1', device_type: 'android', seen_at: start_at, max: 9 });
  const [first, second] = [await group(storage, [ann, bob]), await group(storage, [ann, bob])];
  const send = (chat_id: number) => mustWrite(storage, append(chat_id, ann, { notify: true, at: clock.now() }));
  const due = async () => {
    const taken = await storage.pushes.take({ at: clock.now(), until: clock.now(), limit: 9 });
    return taken.map(({ chat_id, seq }) => [chat_id, seq]);
  };

  expect(await look()).toBeNull();
  await send(first);
  clock.advance(400);
  await send(first);
  await send(second);
  expect([await look(), await due()]).toEqual([100, []]);
  clock.advance(100);
  // The first one's time has come, with all that was written in it; the second's has not.
  expect([await look(), await due()]).toEqual([0, [[first, 2]]]);
  expect(await look()).toBe(400);
  clock.advance(400);
  expect([await look(), await look()]).toEqual([0, null]);
  // Of a node whose clock is ahead.
  clock.advance(3_600_000);
  await send(first);
  clock.advance(-3_600_000);
  expect(await look()).toBe(0);
});
