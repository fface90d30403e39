import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { refusal, startGroup } from './helpers.js';

async function startReading() {
  const world = await startGroup(['Ann', 'Bob', 'Cem']);
  const { messenger, owner: ann, others, chat_id } = world;
  const [bob, cem] = others as [Caller, Caller];
  const start = messenger.clock.now();
  const read = (caller: Caller, seq: number, at: number) => {
    messenger.clock.advance(start + at - messenger.clock.now());
    return messenger.messages.markRead(caller, { chat_id, seq });
  };
  const readers = async (caller: Caller, message_id: number) =>
    (await messenger.messages.readers(caller, { message_id })).map(({ user_id, read_at }) => [
      user_id,
      Date.parse(read_at) - start,
    ]);
  return { messenger, ann, bob, cem, chat_id, read, readers };
}

describe('the readers of a message', () => {
  it('are the others whose mark has reached it, since when it first did', async () => {
    const { messenger, ann, bob, cem, chat_id, read, readers } = await startReading();
    const one = await messenger.messages.send(ann, { chat_id, content: '1' });
    const two = await messenger.messages.send(ann, { chat_id, content: '2' });
    expect(await readers(ann, one.id)).toEqual([]);
    await read(cem, 1, 1_000);
    await read(bob, 2, 2_000);
    await read(cem, 2, 3_000);
    await read(ann, 2, 4_000);
    const first = [
      [cem.user_id, 1_000],
      [bob.user_id, 2_000],
    ];
    // Whoever of the members asks.
    for (const caller of [ann, bob, cem]) expect(await readers(caller, one.id)).toEqual(first);
    expect(await readers(ann, two.id)).toEqual([
      [bob.user_id, 2_000],
      [cem.user_id, 3_000],
    ]);
    await messenger.messages.markDelivered(ann, { chat_id, seq: 2 });
    await messenger.messages.edit(ann, { message_id: two.id, content: 'anew' });
    expect(await readers(ann, two.id)).toHaveLength(2);
  });

  it('are nobody who came later, nor anybody who has left', async () => {
    const { messenger, ann, bob, cem, chat_id, read, readers } = await startReading();
    const { id } = await messenger.messages.send(ann, { chat_id, content: '1' });
    const dan = await messenger.person('Dan');
    await messenger.chats.addMember(ann, { chat_id, user_id: dan.user_id });
    for (const one of [bob, cem, dan]) await read(one, 9, 1_000);
    expect(await readers(ann, id)).toHaveLength(2);
    await messenger.chats.leave(cem, { chat_id });
    expect(await readers(ann, id)).toEqual([[bob.user_id, 1_000]]);
  });

  it('are told to members who see the message', async () => {
    const { messenger, ann, bob, cem, chat_id } = await startReading();
    const eve = await messenger.person('Eve');
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: '1' });
    await messenger.chats.leave(cem, { chat_id });
    await messenger.chats.clear(bob, { chat_id });
    for (const caller of [eve, cem, bob]) {
      expect(await refusal(messenger.messages.readers(caller, { message_id }))).toEqual([
        'MESSAGE_NOT_FOUND',
        'message_id',
      ]);
    }
    expect(await messenger.messages.readers(ann, { message_id })).toEqual([]);
  });
});
