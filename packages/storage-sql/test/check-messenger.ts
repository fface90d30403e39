import type { Storage } from '@dialect/core';
import { createFakePasswordHasher, createTestMessenger, type TestMessenger } from '@dialect/core/testing';
import { expect } from 'vitest';

/** A messenger starts on the storage, and what people do every day works, on what is there already and on new rows. */
export async function checkMessenger(storage: Storage, has_old_data: boolean): Promise<void> {
  const messenger = await createTestMessenger({
    storage,
    accounts: { secret: 'a secret for tests, of 32 bytes or more', passwords: createFakePasswordHasher() },
  });
  try {
    if (has_old_data) await checkOldData(messenger);
    await checkNewData(messenger);
  } finally {
    await messenger.close();
  }
}

/** What `fills` say that people had with the first migration, which no later one may take from them. */
async function checkOldData(messenger: TestMessenger): Promise<void> {
  const [ann, bob] = [await messenger.asUser({ external_id: 'ann' }), await messenger.asUser({ external_id: 'bob' })];
  expect([ann.user_id, bob.user_id]).toEqual([1, 2]);
  await messenger.auth.signIn(null, { username: '+491700000', password: 'secret' });

  const listed = async () =>
    (await messenger.chats.list(bob)).map((chat) => [chat.id, chat.chat_name, chat.unread_count, chat.rev]);
  expect(await listed()).toEqual([
    [2, 'Three', 2, 4],
    [1, 'Ann', 2, 4],
  ]);
  const history = await messenger.messages.history(bob, { chat_id: 1 });
  expect(history.map((message) => [message.seq, message.content, message.reply_to_id])).toEqual([
    [3, 'c2VhbGVk', null],
    [2, 'Ça va? 🙂', 1],
    [1, 'Hello, Bob', null],
  ]);
  const { participants } = await messenger.chats.get(ann, { chat_id: 2 });
  expect(participants.map(({ id }) => id)).toEqual([1, 2]);

  const repeated = { chat_id: 1, content: 'Ça va? 🙂', client_id: 'a2', reply_to_id: 1 };
  expect(await messenger.messages.send(ann, repeated)).toMatchObject({ id: 2, seq: 2, duplicate: true });
  const sent = await messenger.messages.send(bob, { chat_id: 1, content: 'Yes', reply_to_id: 2 });
  expect(sent).toMatchObject({ seq: 4, rev: 5, reply_to_id: 2, duplicate: false });
  expect(sent.id).toBeGreaterThan(5);
  await messenger.messages.markRead(bob, { chat_id: 2, seq: 2 });
  expect(await listed()).toEqual([
    [1, 'Ann', 0, 5],
    [2, 'Three', 0, 4],
  ]);
  const changes = await messenger.sync.changes(ann, { chat_id: 1, since: 3 });
  expect(changes.messages.map(({ seq }) => seq)).toEqual([3, 4]);
  expect(await messenger.chats.createPrivate(ann, { target_user_id: 2 })).toMatchObject({ id: 1 });
}

async function checkNewData(messenger: TestMessenger): Promise<void> {
  const [dan, eve] = [await messenger.person('dan'), await messenger.person('eve')];
  const { id: chat_id } = await messenger.chats.createPrivate(dan, { target_user_id: eve.user_id });
  for (const content of ['one', 'two']) await messenger.messages.send(dan, { chat_id, content });
  expect(await messenger.chats.list(eve)).toMatchObject([{ id: chat_id, last_seq: 2, unread_count: 2 }]);
  await messenger.messages.markRead(eve, { chat_id, seq: 2 });
  const history = await messenger.messages.history(dan, { chat_id });
  expect(history.map(({ content, status }) => [content, status])).toEqual([
    ['two', 'read'],
    ['one', 'read'],
  ]);
}
