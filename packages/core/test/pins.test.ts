import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, refusal, startGroup, startPair, toldIn } from './helpers.js';

describe('pinned messages', () => {
  it('are pinned by any member, and listed with the latest pinned first', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const ids: number[] = [];
    for (const content of ['1', '2', '3']) {
      ids.push((await messenger.messages.send(owner, { chat_id, content })).id);
    }
    for (const index of [1, 0, 2]) {
      messenger.clock.advance(1);
      const pinned = await messenger.messages.pin(bob, { message_id: ids[index] as number });
      expect(pinned).toMatchObject({ id: ids[index], is_pinned: true, is_edited: false });
    }
    const contents = async (input: object = {}) =>
      (await messenger.messages.pins(owner, { chat_id, ...input })).map((message) => message.content);
    expect(await contents()).toEqual(['3', '1', '2']);
    expect(await contents({ limit: 1, offset: 1 })).toEqual(['1']);
    const told = eventsOf(messenger.events, 'message_pinned');
    expect(told.map(({ rev, by, message }) => [rev, by, message.content, message.is_pinned])).toEqual([
      [5, bob.user_id, '2', true],
      [6, bob.user_id, '1', true],
      [7, bob.user_id, '3', true],
    ]);
    // Another member takes it off again, once; of a second time nobody hears.
    for (const caller of [owner, bob]) {
      const off = await messenger.messages.pin(caller, { message_id: ids[0] as number, is_pinned: false });
      expect(off).toMatchObject({ rev: 8, is_pinned: false });
    }
    await messenger.messages.pin(bob, { message_id: ids[1] as number });
    expect(eventsOf(messenger.events, 'message_pinned')).toHaveLength(4);
    expect(await contents()).toEqual(['3', '2']);
    expect((await messenger.messages.history(owner, { chat_id })).map((message) => message.is_pinned)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('are each person’s own: without those that they have cleared', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const first = await messenger.messages.send(ann, { chat_id, content: 'first' });
    await messenger.messages.pin(ann, { message_id: first.id });
    await messenger.chats.clear(bob, { chat_id });
    const second = await messenger.messages.send(ann, { chat_id, content: 'second' });
    messenger.clock.advance(1);
    await messenger.messages.pin(bob, { message_id: second.id });
    const contents = async (caller: Caller) =>
      (await messenger.messages.pins(caller, { chat_id })).map((message) => message.content);
    expect([await contents(ann), await contents(bob)]).toEqual([['second', 'first'], ['second']]);
    await messenger.messages.edit(ann, { message_id: second.id, content: 'edited' });
    await messenger.messages.delete(ann, { message_id: first.id });
    expect([await contents(ann), await contents(bob)]).toEqual([['edited'], ['edited']]);
  });

  it('are shown to members, who pin in chats that they are in', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const eve = await messenger.person('Eve');
    const { id: message_id } = await messenger.messages.send(owner, { chat_id, content: 'x' });
    await messenger.chats.leave(bob, { chat_id });
    messenger.events.length = 0;
    for (const caller of [bob, eve]) {
      expect(await codeOf(messenger.messages.pins(caller, { chat_id }))).toBe('NOT_A_MEMBER');
      expect(await refusal(messenger.messages.pin(caller, { message_id }))).toEqual([
        'MESSAGE_NOT_FOUND',
        'message_id',
      ]);
    }
    expect(await codeOf(messenger.messages.pins(owner, { chat_id: 999 }))).toBe('NOT_A_MEMBER');
    expect(toldIn(messenger.events)).toEqual([]);
    expect(await messenger.messages.pins(owner, { chat_id })).toEqual([]);
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 101 }, 'limit'],
    [{ limit: '5' }, 'limit'],
    [{ offset: -1 }, 'offset'],
    [{ chat_id: 0 }, 'chat_id'],
  ])('refuse %j', async (input, field) => {
    const { messenger, ann, chat_id } = await startPair();
    expect(await refusal(messenger.messages.pins(ann, { chat_id, ...input } as never))).toEqual([
      'INVALID_INPUT',
      field,
    ]);
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'x' });
    const odd = messenger.messages.pin(ann, { message_id, is_pinned: 'yes' } as never);
    expect(await refusal(odd)).toEqual(['INVALID_INPUT', 'is_pinned']);
  });

  it('are pinned at a bounded rate', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'x' });
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, n) => codeOf(messenger.messages.pin(ann, { message_id, is_pinned: n % 2 === 0 }))),
    );
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(10);
  });
});
