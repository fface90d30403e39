import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, refusal, startGroup, startPair, toldIn } from './helpers.js';

/** Ann and Bob with a private chat, a message of Bob's in it, and a group of Ann's with Cem. */
async function startForwarding() {
  const pair = await startPair();
  const { messenger, ann, bob, chat_id } = pair;
  const cem = await messenger.person('Cem');
  const group = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [cem.user_id] });
  const original = await messenger.messages.send(bob, {
    chat_id,
    content: 'pass it on',
    message_type: 'image',
    media: { url: 'a.png', width: 5 },
    mentions: [ann.user_id],
  });
  await messenger.messages.react(ann, { message_id: original.id, emoji: '👍' });
  messenger.events.length = 0;
  return { ...pair, cem, group_id: group.id, original };
}

describe('forwarding', () => {
  it('writes what one can read into another chat, with its first author’s name', async () => {
    const { messenger, ann, bob, cem, chat_id, group_id, original } = await startForwarding();
    const sent = await messenger.messages.forward(ann, { message_id: original.id, chat_id: group_id });
    const forward = { user_id: bob.user_id, chat_id, message_id: original.id };
    expect(sent).toMatchObject({
      chat_id: group_id,
      seq: 1,
      sender_id: ann.user_id,
      content: 'pass it on',
      message_type: 'image',
      media: { url: 'a.png', width: 5 },
      forward,
      reply_to_id: null,
      is_edited: false,
      duplicate: false,
    });
    // Whom it was meant for, and what others thought of it, is the first one's affair.
    expect(sent).not.toHaveProperty('mentions');
    expect(sent).not.toHaveProperty('reactions');
    expect(eventsOf(messenger.events, 'message_created')).toMatchObject([{ chat_id: group_id, message: { forward } }]);
    const [read] = await messenger.messages.history(cem, { chat_id: group_id });
    const { duplicate: _, ...message } = sent;
    expect(read).toEqual(message);
    // Cem passes it on from there: it is Bob's still, though Cem has never been where Bob wrote it.
    const own = await messenger.chats.createGroup(cem, { chat_name: 'H', participant_ids: [] });
    const again = await messenger.messages.forward(cem, { message_id: sent.id, chat_id: own.id });
    expect(again).toMatchObject({ sender_id: cem.user_id, forward, media: { url: 'a.png' } });
  });

  it('keeps what was read, whatever becomes of the original', async () => {
    const { messenger, ann, bob, group_id, original } = await startForwarding();
    const sent = await messenger.messages.forward(ann, { message_id: original.id, chat_id: group_id });
    await messenger.messages.edit(bob, { message_id: original.id, content: 'regretted' });
    await messenger.messages.delete(bob, { message_id: original.id });
    expect(await messenger.messages.get(ann, { message_id: sent.id })).toMatchObject({ content: 'pass it on' });
    // It is Ann's message: Ann edits it, and Bob cannot.
    expect(await codeOf(messenger.messages.edit(bob, { message_id: sent.id, content: 'x' }))).toBe('MESSAGE_NOT_FOUND');
    const edited = await messenger.messages.edit(ann, { message_id: sent.id, content: 'mine' });
    expect(edited).toMatchObject({ content: 'mine', forward: sent.forward });
  });

  it('happens once for a repeated client id', async () => {
    const { messenger, ann, group_id, original } = await startForwarding();
    const input = { message_id: original.id, chat_id: group_id, client_id: 'once' };
    const sent = await Promise.all([messenger.messages.forward(ann, input), messenger.messages.forward(ann, input)]);
    expect(sent.map((message) => message.duplicate)).toEqual([false, true]);
    expect(sent[0]?.id).toBe(sent[1]?.id);
    expect(eventsOf(messenger.events, 'message_created')).toHaveLength(1);
  });

  it('is refused into and out of chats that one is not in', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const eve = await messenger.person('Eve');
    const own = await messenger.chats.createGroup(bob, { chat_name: 'H', participant_ids: [] });
    const home = await messenger.chats.createGroup(eve, { chat_name: 'I', participant_ids: [] });
    const { id: message_id } = await messenger.messages.send(cem, { chat_id, content: 'secret' });
    messenger.events.length = 0;
    const forward = (caller: Caller, input: object) =>
      refusal(messenger.messages.forward(caller, { message_id, chat_id: own.id, ...input }));
    expect(await forward(eve, { chat_id: home.id })).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
    expect(await forward(bob, { chat_id: home.id })).toEqual(['NOT_A_MEMBER', undefined]);
    expect(await forward(bob, { chat_id: 999 })).toEqual(['NOT_A_MEMBER', undefined]);
    expect(await forward(bob, { message_id: 999 })).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
    expect(await forward(bob, { chat_id: 0 })).toEqual(['INVALID_INPUT', 'chat_id']);
    expect(await forward(bob, { client_id: 'a b' })).toEqual(['INVALID_INPUT', 'client_id']);
    expect(toldIn(messenger.events)).toEqual([]);
    await messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    expect(await forward(bob, {})).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
    expect(await messenger.messages.history(bob, { chat_id: own.id })).toEqual([]);
    expect(await messenger.messages.history(eve, { chat_id: home.id })).toEqual([]);
  });

  it('of what one has deleted for oneself or cleared is no more possible', async () => {
    const { messenger, ann, bob, chat_id, group_id, original } = await startForwarding();
    const other = await messenger.messages.send(bob, { chat_id, content: 'other' });
    const forward = (message_id: number) => codeOf(messenger.messages.forward(ann, { message_id, chat_id: group_id }));
    await messenger.messages.delete(ann, { message_id: original.id, for_everyone: false });
    expect([await forward(original.id), await forward(other.id)]).toEqual(['MESSAGE_NOT_FOUND', 'passed']);
    await messenger.chats.clear(ann, { chat_id });
    expect(await forward(other.id)).toBe('MESSAGE_NOT_FOUND');
  });
});
