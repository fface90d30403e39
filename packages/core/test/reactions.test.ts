import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { canReact, withReaction } from '../src/domain/reactions.js';
import { codeOf, eventsOf, refusal, startGroup, startPair } from './helpers.js';

describe('reactions', () => {
  it('are each person’s own, and told to everybody once', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const sent = await messenger.messages.send(owner, { chat_id, content: 'x', mentions: [cem.user_id] });
    const react = (caller: Caller, emoji: string, is_on = true) =>
      messenger.messages.react(caller, { message_id: sent.id, emoji, is_on });
    await react(bob, '❤️');
    await react(cem, '👍');
    await react(owner, '❤️');
    // Once more, and off what is not on: nothing.
    await react(owner, ' ❤️ ');
    await react(cem, '❤️', false);
    const message = await react(bob, '❤️', false);
    expect(message).toMatchObject({ rev: 6, content: 'x', is_edited: false, mentions: [cem.user_id] });
    const told = eventsOf(messenger.events, 'message_reacted').map((event) => [
      event.rev,
      event.by,
      event.message.reactions,
    ]);
    const [ann_id, bob_id, cem_id] = [owner.user_id, bob.user_id, cem.user_id];
    const thumb = { emoji: '👍', user_ids: [cem_id] };
    expect(told).toEqual([
      [3, bob_id, [{ emoji: '❤️', user_ids: [bob_id] }]],
      [4, cem_id, [{ emoji: '❤️', user_ids: [bob_id] }, thumb]],
      [5, ann_id, [{ emoji: '❤️', user_ids: [bob_id, ann_id] }, thumb]],
      [6, bob_id, [{ emoji: '❤️', user_ids: [ann_id] }, thumb]],
    ]);
    expect(await messenger.messages.history(cem, { chat_id })).toEqual([message]);
    await react(owner, '❤️', false);
    const last = await react(cem, '👍', false);
    expect(last).not.toHaveProperty('reactions');
    expect(last.mentions).toEqual([cem_id]);
  });

  it('are 20 kinds on one message, and any number of people to each', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'x' });
    const react = (caller: Caller, emoji: string, is_on = true) => {
      messenger.clock.advance(1_000);
      return codeOf(messenger.messages.react(caller, { message_id, emoji, is_on }));
    };
    for (let n = 1; n <= 20; n++) expect(await react(ann, `kind ${n}`)).toBe('passed');
    expect(await react(bob, 'kind 21')).toBe('TOO_MANY_REACTIONS');
    expect([await react(bob, 'kind 20'), await react(bob, 'kind 21', false)]).toEqual(['passed', 'passed']);
    expect([await react(ann, 'kind 3', false), await react(bob, 'kind 21')]).toEqual(['passed', 'passed']);
    const [message] = await messenger.messages.history(bob, { chat_id });
    expect(message?.reactions).toHaveLength(20);
    expect(message?.reactions?.at(-1)).toEqual({ emoji: 'kind 21', user_ids: [bob.user_id] });
    expect(eventsOf(messenger.events, 'message_reacted')).toHaveLength(23);
  });

  it('that come at once are all kept', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `Person ${n}`);
    const { messenger, owner, members, chat_id } = await startGroup(names);
    const { id: message_id } = await messenger.messages.send(owner, { chat_id, content: 'x' });
    await Promise.all(members.map((one) => messenger.messages.react(one, { message_id, emoji: '👍' })));
    const { reactions } = await messenger.messages.get(owner, { message_id });
    expect(reactions).toMatchObject([{ emoji: '👍', user_ids: { length: 12 } }]);
    const revs = eventsOf(messenger.events, 'message_reacted').map((event) => event.rev);
    expect(revs).toEqual(revs.map((_, index) => index + 3));
  });

  it.each([
    [{ emoji: '' }, 'emoji'],
    [{ emoji: '  ' }, 'emoji'],
    [{ emoji: 'x'.repeat(33) }, 'emoji'],
    [{ emoji: '\ud83d' }, 'emoji'],
    [{ emoji: 5 }, 'emoji'],
    [{}, 'emoji'],
    [{ emoji: 'x', is_on: 1 }, 'is_on'],
  ])('refuse %j', async (input, field) => {
    const { messenger, ann, chat_id } = await startPair();
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'x' });
    const call = messenger.messages.react(ann, { message_id, ...input } as never);
    expect(await refusal(call)).toEqual(['INVALID_INPUT', field]);
  });

  it('find room by their kind', () => {
    let meta: string | null = null;
    for (let n = 0; n < 20; n++) meta = withReaction({ meta }, { emoji: `${n}`, user_id: 1, is_on: true });
    expect([canReact({ meta }, '7'), canReact({ meta }, '20'), canReact({ meta: null }, '20')]).toEqual([
      true,
      false,
      true,
    ]);
    // The very text as it was, by which a storage sees that there is nothing to write.
    const spaced = '{ "reactions": [{ "emoji": "a", "user_ids": [1] }] }';
    expect(withReaction({ meta: spaced }, { emoji: 'a', user_id: 1, is_on: true })).toBe(spaced);
    expect(withReaction({ meta: spaced }, { emoji: 'a', user_id: 2, is_on: false })).toBe(spaced);
    expect(withReaction({ meta: spaced }, { emoji: 'a', user_id: 1, is_on: false })).toBeNull();
  });
});
