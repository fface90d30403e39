import { sqlite } from '@dialect/adapter-sqlite';
import { type BusEvent, type Caller, createLocalEventBus, type Event } from '@dialect/core';
import { createFakeClock } from '@dialect/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPresence } from '../src/presence.js';
import { eventsOf, persons, spiedOn, startMessenger, startPair } from './helpers.js';

const toldOf = (events: readonly Event[]) =>
  eventsOf(events, 'user_status').map(({ user_id, is_online, status, to }) => [user_id, is_online, status, to]);

describe('presence', () => {
  it('is told to those with a private chat, and to nobody who shares a group only', async () => {
    const { messenger, ann, bob } = await startPair();
    const [cem] = (await persons(messenger, 'Cem')) as [Caller];
    await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [bob.user_id, cem.user_id] });
    for (let socket = 0; socket < 2; socket++) messenger.presence.connected(ann.user_id);
    messenger.presence.connected(cem.user_id);
    await messenger.presence.drained();
    expect(toldOf(messenger.events)).toEqual([[ann.user_id, true, 'online', [bob.user_id]]]);
    messenger.clock.advance(60_000);
    for (let socket = 0; socket < 2; socket++) {
      expect(toldOf(messenger.events)).toHaveLength(1);
      messenger.presence.disconnected(ann.user_id);
      await (socket === 1 && messenger.presence.drained());
    }
    expect(toldOf(messenger.events)[1]).toEqual([ann.user_id, false, 'offline', [bob.user_id]]);
    expect(eventsOf(messenger.events, 'user_status')[1]?.last_seen_at).toBe('2026-01-01T00:01:00.000Z');
  });

  it('says nothing of a reconnect within the grace, nor of what is undone while it is gathered', async () => {
    const { messenger, ann } = await startPair();
    const { presence } = messenger;
    presence.connected(ann.user_id);
    await presence.drained();
    messenger.events.length = 0;
    presence.disconnected(ann.user_id, { grace_ms: 10_000 });
    await presence.drained();
    expect([presence.isOnline(ann.user_id), presence.isConnected(ann.user_id)]).toEqual([true, false]);
    presence.connected(ann.user_id);
    await presence.drained();
    presence.disconnected(ann.user_id);
    presence.connected(ann.user_id);
    await presence.drained();
    expect(messenger.events).toEqual([]);
    // The grace that was not used does not end the next one.
    presence.disconnected(ann.user_id, { grace_ms: 30 });
    presence.connected(ann.user_id);
    presence.disconnected(ann.user_id, { grace_ms: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(presence.isOnline(ann.user_id)).toBe(true);
    presence.connected(ann.user_id);
    presence.disconnected(ann.user_id, { grace_ms: 20 });
    await expect.poll(() => presence.isOnline(ann.user_id)).toBe(false);
    await presence.drained();
    expect(eventsOf(messenger.events, 'user_status')).toMatchObject([{ is_online: false }]);
  });

  it('asks one question however many come at once', async () => {
    const { storage, calls } = spiedOn(sqlite(':memory:'));
    const { messenger, ann } = await startPair({ storage });
    const many = await persons(messenger, ...Array.from({ length: 300 }, (_, n) => `Person ${n}`));
    for (const one of many.slice(0, 20)) await messenger.chats.createPrivate(one, { target_user_id: ann.user_id });
    calls.length = 0;
    messenger.events.length = 0;
    for (const one of many) messenger.presence.connected(one.user_id);
    await messenger.presence.drained();
    expect(calls).toEqual(['members.peersOf']);
    expect(toldOf(messenger.events)).toHaveLength(20);
  });

  it('knows no block’s two of one another, and tells them how it stands when it begins and ends', async () => {
    const { messenger, ann, bob } = await startPair();
    const { presence } = messenger;
    presence.connected(ann.user_id);
    await presence.drained();
    messenger.events.length = 0;
    for (let time = 0; time < 2; time++) {
      await messenger.users.block(ann, { user_id: bob.user_id });
      // A repeat has nothing to tell.
      expect(toldOf(messenger.events)).toEqual([[ann.user_id, false, 'offline', [bob.user_id]]]);
    }
    expect(eventsOf(messenger.events, 'user_status')[0]?.last_seen_at).toBeNull();
    presence.connected(bob.user_id);
    presence.disconnected(ann.user_id);
    await presence.drained();
    presence.connected(ann.user_id);
    await presence.drained();
    expect(messenger.events).toHaveLength(1);
    await messenger.users.unblock(ann, { user_id: bob.user_id });
    expect(toldOf(messenger.events).slice(1)).toEqual([
      [ann.user_id, true, 'online', [bob.user_id]],
      [bob.user_id, true, 'online', [ann.user_id]],
    ]);
  });
});

describe('several nodes', () => {
  /** Two presences over one bus and one storage; `lose` makes the first one fall silent. */
  async function twoNodes() {
    const storage = sqlite(':memory:');
    const { ann, bob } = await startPair({ storage });
    const bus = createLocalEventBus();
    const events: BusEvent[] = [];
    let is_lost = false;
    const node = (isLost: () => boolean) => {
      const publish = (event: BusEvent) => isLost() || bus.publish(event);
      const presence = createPresence({ storage, clock: createFakeClock(), publish, is_shared: true, repeat_ms: 40 });
      bus.subscribe((event) => event.type === 'node_presence' && presence.heard(event));
      onTestFinished(() => presence.close());
      return presence;
    };
    const [one, two] = [node(() => is_lost), node(() => false)];
    bus.subscribe((event) => events.push(event));
    const lose = (): void => {
      is_lost = true;
    };
    return { one, two, events: events as Event[], ann, bob, lose };
  }

  it('show one another’s users as online, and tell of the first and the last connection anywhere', async () => {
    const { one, two, events, ann } = await twoNodes();
    one.connected(ann.user_id);
    await one.drained();
    expect([two.isOnline(ann.user_id), two.isConnected(ann.user_id)]).toEqual([true, false]);
    two.connected(ann.user_id);
    await two.drained();
    one.disconnected(ann.user_id);
    await one.drained();
    expect([one.isOnline(ann.user_id), toldOf(events).length]).toEqual([true, 1]);
    two.disconnected(ann.user_id);
    await two.drained();
    expect([one.isOnline(ann.user_id), two.isOnline(ann.user_id)]).toEqual([false, false]);
    expect(toldOf(events).map(([, is_online]) => is_online)).toEqual([true, false]);
  });

  it('repeat who is there, and forget a node that has died', async () => {
    const { one, two, ann, lose } = await twoNodes();
    one.connected(ann.user_id);
    await one.drained();
    // Longer than what was said once would last.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(two.isOnline(ann.user_id)).toBe(true);
    lose();
    await expect.poll(() => two.isOnline(ann.user_id)).toBe(false);
  });

  it('keep what they say among themselves', async () => {
    const bus = createLocalEventBus();
    const types: string[] = [];
    bus.subscribe((event) => types.push(event.type));
    const messenger = await startMessenger({ bus });
    const [ann] = (await persons(messenger, 'Ann')) as [Caller];
    messenger.presence.connected(ann.user_id);
    await messenger.presence.drained();
    expect([types, messenger.events]).toEqual([['node_presence'], []]);
  });
});
