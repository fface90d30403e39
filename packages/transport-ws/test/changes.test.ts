import { describe, expect, test } from 'vitest';
import { createWorld } from './harness.js';

async function groupOfThree() {
  const world = await createWorld();
  const [ann, ben, cem] = [await world.person('ann'), await world.person('ben'), await world.person('cem')];
  const { id: chat_id } = await world.messenger.chats.createGroup(ann, {
    chat_name: 'Three',
    participant_ids: [ben.user_id, cem.user_id],
  });
  const { id: message_id } = await world.messenger.messages.send(ann, { chat_id, content: 'helo' });
  return { ...world, ann, ben, cem, chat_id, message_id };
}

describe("the seeds' changes of a message", () => {
  test('are asked for by the id of the message alone, and told to all in their words', async () => {
    const { plain, chat_id, message_id } = await groupOfThree();
    const [ann, ben] = [await plain('ann'), await plain('ben')];

    ann.send({ type: 'edit', message_id, content: 'hello' });
    const edited = { type: 'message_edited', chat_id, message_id, new_content: 'hello' };
    expect(await ben.next('message_edited')).toMatchObject(edited);
    expect(await ann.next('message_edited')).toMatchObject(edited);

    // Any member pins, and unpins: the seed told of the second and wrote nothing.
    for (const is_pinned of [true, false]) {
      ben.send({ type: 'pin', message_id, is_pinned });
      expect(await ann.next('message_pinned')).toMatchObject({ chat_id, message_id, is_pinned });
    }

    ann.send({ type: 'delete', message_id });
    expect(await ben.next('message_deleted')).toMatchObject({ chat_id, message_id });
  });

  test('are refused with one and the same answer for a message that is not there and one of strangers', async () => {
    const { plain, person, messenger, message_id, ann } = await groupOfThree();
    await person('dan');
    const dan = await plain('dan');
    const before = await messenger.messages.get(ann, { message_id });
    const answers = [];
    for (const id of [message_id, 999_999]) {
      for (const frame of [
        { type: 'edit', message_id: id, content: 'mine' },
        { type: 'delete', message_id: id },
        { type: 'pin', message_id: id, is_pinned: true },
      ]) {
        dan.send(frame);
        answers.push(await dan.next('error'));
      }
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'MESSAGE_NOT_FOUND', error: expect.any(String) });
    expect(await messenger.messages.get(ann, { message_id })).toEqual(before);
  });

  test('are possible on a message that somebody has read, and the socket goes on', async () => {
    const { plain, messenger, ben, ann, chat_id, message_id } = await groupOfThree();
    const peer = await plain('ann');
    await messenger.messages.markRead(ben, { chat_id, message_id });
    peer.send({ type: 'delete', message_id });
    await peer.next('message_deleted');
    peer.send({ type: 'new_message', chat_id, content: 'still here' });
    expect(await peer.next('new_message')).toMatchObject({ content: 'still here', sender_id: ann.user_id });
  });
});

describe('a native client', () => {
  test('is told of every change with its rev, and the whole message', async () => {
    const { native, messenger, ann, ben, chat_id, message_id } = await groupOfThree();
    const peer = await native('ben');
    await messenger.messages.edit(ann, { message_id, content: 'hello' });
    await messenger.messages.react(ben, { message_id, emoji: '👍' });
    await messenger.chats.rename(ann, { chat_id, name: 'Us' });
    await messenger.messages.delete(ann, { message_id });
    await messenger.chats.clear(ann, { chat_id, for_everyone: true });
    await peer.next('chat_history_cleared');
    const told = peer.frames.filter((frame) => 'rev' in frame && frame.type !== 'changes');
    expect(told).toMatchObject([
      {
        type: 'message_edited',
        rev: 3,
        by: ann.user_id,
        message: { id: message_id, content: 'hello', is_edited: true },
      },
      { type: 'message_reacted', rev: 4, message: { reactions: [{ emoji: '👍', user_ids: [ben.user_id] }] } },
      { type: 'chat_updated', rev: 5, chat_name: 'Us' },
      { type: 'message_deleted', rev: 6, message: { content: '', is_deleted: true } },
      { type: 'chat_history_cleared', rev: 7, for_everyone: true, seq: 1 },
    ]);
  });

  test('sees what the chat tells of itself; plain ones do not', async () => {
    const { native, plain, messenger, person, ann, chat_id } = await groupOfThree();
    const dan = await person('dan');
    const [one, other] = [await native('ben'), await plain('ben')];
    await messenger.chats.addMember(ann, { chat_id, user_id: dan.user_id });
    expect(await one.next('new_message')).toMatchObject({
      message_type: 'system',
      sender_id: ann.user_id,
      system: { kind: 'member_added', user_id: dan.user_id },
    });
    await messenger.messages.send(ann, { chat_id, content: 'welcome' });
    expect(await other.next('new_message')).toMatchObject({ content: 'welcome' });
    expect(other.all('new_message')).toHaveLength(1);
    one.send({ type: 'history', ref: 1, chat_id });
    const { result } = await one.next(1);
    expect((result as { message_type: string }[]).map(({ message_type }) => message_type)).toContain('system');
  });
});

describe("what is one's own", () => {
  test("is told to one's own devices, native and plain, and to nobody else", async () => {
    const { native, plain, messenger, ben, chat_id, message_id } = await groupOfThree();
    const [device, old, other] = [await native('ben'), await plain('ben'), await native('ann')];
    await messenger.messages.delete(ben, { message_id, for_everyone: false });
    expect(await device.next('message_hidden')).toMatchObject({ chat_id, message_id, seq: 1 });
    expect(await old.next('message_deleted')).toEqual({ type: 'message_deleted', chat_id, message_id });
    await messenger.chats.mute(ben, { chat_id });
    expect(await device.next('chat_muted')).toMatchObject({ muted_until: expect.stringMatching(/^9999/) });
    await messenger.chats.clear(ben, { chat_id });
    for (const peer of [device, old]) {
      expect(await peer.next('chat_history_cleared')).toMatchObject({ chat_id, for_everyone: false, seq: 1 });
    }
    await other.settled();
    expect(other.frames.filter((frame) => 'only_for' in frame)).toEqual([]);
  });
});

test('a group that is deleted ends for everybody: nothing of it is told afterwards', async () => {
  const { native, plain, messenger, ann, ben, chat_id } = await groupOfThree();
  const [one, other] = [await native('ben'), await plain('cem')];
  await messenger.chats.delete(ann, { chat_id, for_everyone: true });
  for (const peer of [one, other]) {
    expect(await peer.next('chat_deleted')).toMatchObject({ chat_id, for_everyone: true });
  }
  one.send({ type: 'typing', ref: 1, chat_id, is_typing: true });
  expect(await one.next(1)).toMatchObject({ type: 'error', code: 'NOT_A_MEMBER' });
  expect(await messenger.chats.list(ben)).toEqual([]);
});

test('a private chat that is deleted for everyone is back with the next message, and with nothing else', async () => {
  const { native, messenger, ann, ben } = await groupOfThree();
  const { id: chat_id } = await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  await messenger.messages.send(ann, { chat_id, content: 'old' });
  const peer = await native('ben');
  await messenger.chats.delete(ann, { chat_id, for_everyone: true });
  await peer.next('chat_deleted');
  expect((await messenger.chats.list(ben)).map(({ id }) => id)).not.toContain(chat_id);
  await messenger.messages.send(ann, { chat_id, content: 'new' });
  expect(await peer.next('new_message')).toMatchObject({ chat_id, content: 'new' });
  expect(await messenger.messages.history(ben, { chat_id })).toMatchObject([{ content: 'new' }]);
  const [chat] = await messenger.chats.list(ben);
  expect(chat).toMatchObject({ id: chat_id, unread_count: 1, last_message: { content: 'new' } });
});

test('a chat that another device has deleted is forgotten at the next catch-up', async () => {
  const { native, messenger, ann, ben } = await groupOfThree();
  const { id: chat_id } = await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  const { rev } = await messenger.messages.send(ann, { chat_id, content: 'old' });
  await messenger.chats.delete(ben, { chat_id });
  const epoch = (await messenger.sync.heads(ben)).epoch;
  const peer = await native('ben', { epoch, heads: { [chat_id]: rev } });
  expect(peer.all('reset')).toEqual([{ type: 'reset', chat_id, reason: 'unknown_chat' }]);
  const fresh = await native('ben');
  expect(fresh.all('changes').map((frame) => frame.chat_id)).not.toContain(chat_id);
});
