import type { Caller } from '@dialect/core';
import { createCuttableProxy } from '@dialect/core/testing';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { describePushDatabases } from './databases.js';
import { createPushWorld, type PushWorld, quick, until } from './world.js';

afterEach(() => vi.restoreAllMocks());

/** Held so long that whatever rings in these tests was not just waiting for that to end. */
const patient = { push_options: { ...quick, hold_ms: 3_600_000 } };

/** As if so much time had passed in which no connection was heard of. */
function passSilence(ms = 60_000): void {
  const real = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => real() + ms);
}

async function proxyTo(world: PushWorld) {
  const proxy = await createCuttableProxy({ port: world.port });
  onTestFinished(() => proxy.close());
  return proxy;
}

describePushDatabases('push to who was there and is not', (create) => {
  test.each(['native', 'plain'] as const)(
    'what was written to a %s socket that turns out half open is pushed',
    async (kind) => {
      const world = await createPushWorld(create, patient);
      const ann = await world.person('Ann');
      const bob = await world.person('Bob', 'bob-1');
      const chat_id = await world.chatOf(ann, bob);
      const proxy = await proxyTo(world);
      await world[kind]('Bob', proxy.port);
      await until(() => world.messenger.presence.isOnline(bob.user_id));
      proxy.blackhole();
      await world.send(ann, chat_id, 'into the void');
      await world.send(ann, chat_id, 'and again');
      await world.waiting(1);
      expect(world.pushed()).toEqual([]);
      passSilence();
      await world.settled();
      expect(world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`)).toEqual([
        'bob-1: and again',
      ]);
    },
  );

  test('what a native client has acknowledged is not pushed, however its socket ends', async () => {
    const world = await createPushWorld(create, patient);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    const proxy = await proxyTo(world);
    await world.native('Bob', proxy.port);
    const marked = (seq: number) =>
      until(() => world.marks.some((mark) => mark.user_id === bob.user_id && mark.seq === seq));
    await world.send(ann, chat_id, 'acknowledged at once');
    await marked(1);
    // The client gathers its acknowledgements: this one is held first.
    await world.send(ann, chat_id, 'acknowledged a moment later');
    await world.waiting(1);
    await marked(2);
    proxy.cut();
    await world.settled();
    expect(world.pushed()).toEqual([]);
  });

  test('what was written to a plain socket is delivered when it ends in order, and pushed when it breaks', async () => {
    const world = await createPushWorld(create, patient);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const cem = await world.person('Cem', 'cem-1');
    const chat_id = await world.chatOf(ann, bob, cem);
    const bobs = await world.plain('Bob');
    const cems = await world.plain('Cem');
    await until(() => [bob, cem].every(({ user_id }) => world.messenger.presence.isOnline(user_id)));
    await world.send(ann, chat_id);
    await world.waiting(2);
    bobs.close();
    cems.terminate();
    await world.settled();
    expect(world.pushed()).toEqual(['cem-1']);
  });

  test('who comes back at once is not pushed to', async () => {
    const world = await createPushWorld(create, { push_options: { ...patient.push_options, gather_ms: 1_500 } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    const first = await world.plain('Bob');
    await until(() => world.messenger.presence.isOnline(bob.user_id));
    await world.send(ann, chat_id);
    await world.waiting(1);
    first.terminate();
    await until(() => !world.messenger.presence.isOnline(bob.user_id));
    const second = await world.plain('Bob');
    await until(() => world.messenger.presence.isOnline(bob.user_id));
    // A look for what is ripe, and another one.
    await world.send(ann, chat_id);
    await world.waiting(1, 2);
    expect(world.pushed()).toEqual([]);
    second.close();
    await world.settled();
    expect(world.pushed()).toEqual([]);
  });

  test('who is still connected when a dead socket would have been noticed has it', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    await world.plain('Bob');
    await until(() => world.messenger.presence.isOnline(bob.user_id));
    await world.send(ann, chat_id);
    await world.waiting(1);
    await world.settled();
    expect(world.pushed()).toEqual([]);
  });

  test('who blocks the sender, or deletes the message for themselves, while it waits is not pushed to', async () => {
    const world = await createPushWorld(create, patient);
    const ann = await world.person('Ann');
    const others = await Promise.all(['Bob', 'Cem', 'Dan'].map((name) => world.person(name, `${name}-1`)));
    const [bob, cem] = others as [Caller, Caller, Caller];
    const chat_id = await world.chatOf(ann, ...others);
    const sockets = await Promise.all(['Bob', 'Cem', 'Dan'].map((name) => world.plain(name)));
    await until(() => others.every(({ user_id }) => world.messenger.presence.isOnline(user_id)));
    await world.send(ann, chat_id);
    await world.waiting(3);
    await world.messenger.users.block(bob, { user_id: ann.user_id });
    const [message] = await world.messenger.messages.history(cem, { chat_id });
    await world.messenger.messages.delete(cem, { message_id: message?.id as number, for_everyone: false });
    for (const socket of sockets) socket.terminate();
    await world.settled();
    expect(world.pushed()).toEqual(['Dan-1']);
  });

  test('a mention that waits for who has muted the chat is kept when other messages come; a mute then silences', async () => {
    const world = await createPushWorld(create, patient);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'Bob-1');
    const cem = await world.person('Cem', 'Cem-1');
    const chat_id = await world.chatOf(ann, bob, cem);
    const sockets = [await world.plain('Bob'), await world.plain('Cem')];
    await until(() => [bob, cem].every(({ user_id }) => world.messenger.presence.isOnline(user_id)));
    await world.messenger.chats.mute(bob, { chat_id });
    await world.messenger.messages.send(ann, { chat_id, content: 'Bob?', mentions: [bob.user_id] });
    await world.waiting(2);
    await world.send(ann, chat_id, 'for all');
    await world.waiting(2);
    await world.messenger.chats.mute(cem, { chat_id });
    for (const socket of sockets) socket.terminate();
    await world.settled();
    const texts = world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`);
    expect(texts).toEqual(['Bob-1: Bob?']);
  });
});
