import type { Caller } from '@dialect/core';
import { expect, test } from 'vitest';
import { describePushDatabases } from './databases.js';
import { createPushWorld, quick, sleep, until } from './world.js';

describePushDatabases('push', (create) => {
  test('who is not connected gets one push on each device, and nobody else', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann', 'ann-1');
    const bob = await world.person('Bob', 'bob-1', 'bob-2');
    const cem = await world.person('Cem', 'cem-1');
    const dan = await world.person('Dan');
    await world.native('Cem');
    const chat_id = await world.chatOf(ann, bob, cem, dan);
    await world.send(ann, chat_id, 'Hello, all');
    await world.settled();
    expect(world.pushed().sort()).toEqual(['bob-1', 'bob-2']);
    const [message] = await world.messenger.messages.history(ann, { chat_id });
    expect(world.service.accepted[0]).toMatchObject({
      notification: { title: 'Ann · Friends', body: 'Hello, all' },
      data: { chat_id: String(chat_id), message_id: String(message?.id) },
    });
  });

  test('messages that come together are one push, about the newest; a repeat is none', async () => {
    const world = await createPushWorld(create, { push_options: { ...quick, gather_ms: 2_000 } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    for (const content of ['one', 'two', 'three']) {
      await world.messenger.messages.send(ann, { chat_id, content, client_id: content });
      // Looks for what is due again must not end the gathering.
      await sleep(quick.poll_ms * 2);
    }
    await world.settled();
    await world.messenger.messages.send(ann, { chat_id, content: 'three', client_id: 'three' });
    await world.messenger.messages.send(ann, { chat_id, content: 'a picture', message_type: 'image' });
    await world.settled();
    expect(world.service.accepted.map(({ notification }) => notification)).toEqual([
      { title: 'Ann', body: 'three' },
      { title: 'Ann', body: 'Photo' },
    ]);
  });

  test('without content nothing of the message leaves the server', async () => {
    const world = await createPushWorld(create, { push_options: { ...quick, content: false } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    await world.send(ann, await world.chatOf(ann, bob), 'a secret');
    await world.settled();
    expect(world.service.accepted[0]?.notification).toEqual({ title: 'New message' });
    expect(JSON.stringify(world.service.accepted)).not.toMatch(/secret|Ann/);
  });

  test('who has blocked the sender gets none of theirs, and all of the others’', async () => {
    const world = await createPushWorld(create, { push_options: { ...quick, gather_ms: 200 } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const cem = await world.person('Cem', 'cem-1');
    const chat_id = await world.chatOf(ann, bob, cem);
    await world.block(bob, ann);
    await world.send(cem, chat_id, 'from Cem');
    await world.send(ann, chat_id, 'from Ann');
    await world.settled();
    const texts = world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`);
    expect(texts.sort()).toEqual(['bob-1: from Cem', 'cem-1: from Ann']);
  });

  test('a muted chat is silent, but for a message that mentions the one who muted it', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const cem = await world.person('Cem', 'cem-1');
    const chat_id = await world.chatOf(ann, bob, cem);
    await world.messenger.chats.mute(bob, { chat_id });
    await world.send(ann, chat_id, 'for all');
    await world.settled();
    await world.messenger.messages.send(ann, { chat_id, content: 'Bob?', mentions: [bob.user_id] });
    await world.settled();
    await world.messenger.chats.mute(bob, { chat_id, for_seconds: 0 });
    await world.send(ann, chat_id, 'for all again');
    await world.settled();
    const texts = world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`);
    expect(texts.filter((text) => text.startsWith('bob'))).toEqual(['bob-1: Bob?', 'bob-1: for all again']);
    expect(texts.filter((text) => text.startsWith('cem'))).toHaveLength(3);
  });

  test('a mention in a muted chat rings though other messages come together with it, once', async () => {
    const world = await createPushWorld(create, { push_options: { ...quick, gather_ms: 2_000 } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const cem = await world.person('Cem', 'cem-1');
    const dan = await world.person('Dan', 'dan-1');
    const chat_id = await world.chatOf(ann, bob, cem, dan);
    for (const muted of [bob, dan]) await world.messenger.chats.mute(muted, { chat_id });
    const mention = (from: Caller, content: string) =>
      world.messenger.messages.send(from, { chat_id, content, mentions: [bob.user_id] });
    await mention(cem, 'Bob, from Cem?');
    await world.send(cem, chat_id, 'for all, from Cem');
    await mention(ann, 'Bob?');
    await mention(ann, 'Bob!');
    await world.send(ann, chat_id, 'for all');
    await world.settled();
    const texts = world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`);
    expect(texts.sort()).toEqual(['bob-1: Bob!', 'cem-1: for all']);
  });

  test('a dead token is removed, and its neighbours ring', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-gone', 'bob-1');
    world.service.treat('bob-gone', 'unregistered');
    const chat_id = await world.chatOf(ann, bob);
    await world.send(ann, chat_id);
    await world.settled();
    const asked = world.service.asked;
    await world.send(ann, chat_id);
    await world.settled();
    expect(world.pushed()).toEqual(['bob-1', 'bob-1']);
    expect(world.service.asked - asked).toBe(1);
  });

  test('what the service cannot take now is sent later, and only where it has not arrived', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-slow', 'bob-1');
    world.service.treat('bob-slow', 'unavailable');
    await world.send(ann, await world.chatOf(ann, bob));
    // The library's own attempts are over by then, and the next one is ours.
    await until(() => world.service.asked >= 7);
    expect(world.pushed()).toEqual(['bob-1']);
    world.service.treat('bob-slow', 'accept');
    await world.settled();
    expect(world.pushed()).toEqual(['bob-1', 'bob-slow']);
  }, 60_000);

  test('what the service cannot take for a while arrives once afterwards, and no send waits for it', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const people = await Promise.all(['Bob', 'Cem', 'Dan'].map((name) => world.person(name, `${name}-1`)));
    const chat_ids = await Promise.all(people.map((person) => world.chatOf(ann, person)));
    world.service.treatAll('cut');
    for (const chat_id of chat_ids) await world.send(ann, chat_id, 'message 1');
    await until(() => world.service.asked > 0);
    for (const n of [2, 3, 4, 5]) for (const chat_id of chat_ids) await world.send(ann, chat_id, `message ${n}`);
    // Every send is answered while the first attempt is still under way: the library makes five of each.
    expect(world.service.asked).toBeLessThan(15);
    await until(() => world.service.asked > 15);
    expect(world.pushed()).toEqual([]);
    world.service.treatAll(null);
    await world.settled();
    const texts = world.service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`);
    expect(texts.sort()).toEqual(['Bob-1: message 5', 'Cem-1: message 5', 'Dan-1: message 5']);
  }, 60_000);

  test('wrong credentials are said once, and push goes on when they are put right', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    world.service.treatAll('unauthorized');
    await world.send(ann, chat_id, 'one');
    await until(() => world.service.asked >= 4);
    world.service.treatAll(null);
    await world.settled();
    expect(world.pushed()).toEqual(['bob-1']);
    expect(world.lines.filter((line) => line.startsWith('Push is refused'))).toHaveLength(1);
    expect(world.lines.filter((line) => line.startsWith('Push works again'))).toHaveLength(1);
    expect(world.lines.join('\n')).not.toContain('bob-1');
  });

  test('who has it on another device before its turn, or has left, is not pushed to', async () => {
    const world = await createPushWorld(create, { push_options: { ...quick, gather_ms: 2_000 } });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const cem = await world.person('Cem', 'cem-1');
    const dan = await world.person('Dan', 'dan-1');
    const chat_id = await world.chatOf(ann, bob, cem, dan);
    await world.send(ann, chat_id);
    await world.messenger.messages.markDelivered(bob, { chat_id, seq: 1 });
    await world.messenger.chats.leave(cem, { chat_id });
    await world.settled();
    expect(world.pushed()).toEqual(['dan-1']);
  });

  test('a message of a host’s transaction rings when it is committed, and not when it is rolled back', async () => {
    const world = await createPushWorld(create);
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    const chat_id = await world.chatOf(ann, bob);
    const rolled_back = world.messenger.transaction(async ({ messages }) => {
      await messages.send(ann, { chat_id, content: 'never' });
      throw new Error('no');
    });
    await expect(rolled_back).rejects.toThrow('no');
    await world.messenger.transaction(async ({ messages }) => {
      await messages.send(ann, { chat_id, content: 'committed' });
    });
    await world.settled();
    expect(world.service.accepted.map(({ notification }) => notification.body)).toEqual(['committed']);
  });

  test('without push no message leaves a row', async () => {
    const world = await createPushWorld(create, { push: undefined as never });
    const ann = await world.person('Ann');
    const bob = await world.person('Bob', 'bob-1');
    await world.send(ann, await world.chatOf(ann, bob));
    await world.settled();
    expect(world.service.asked).toBe(0);
  });
});
