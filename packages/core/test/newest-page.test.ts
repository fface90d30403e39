import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@dialect/adapter-sqlite';
import { type Caller, createMessenger, type Messenger } from '@dialect/core';
import type { Message } from '@dialect/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Two messengers on one database file, as two processes would have it: what one keeps, the other may make stale. */
let folder: string;
let one: Messenger;
let two: Messenger;
let ann: Caller;
let ben: Caller;
let chat_id: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dialect-page-'));
  const start = async (): Promise<Messenger> => {
    const messenger = createMessenger({ storage: sqlite(join(folder, 'chat.db')), marks_delay_ms: 0 });
    await messenger.start();
    return messenger;
  };
  one = await start();
  two = await start();
  ann = await one.asUser({ external_id: 'ann' });
  ben = await one.asUser({ external_id: 'ben' });
  chat_id = (await one.chats.createPrivate(ann, { target_user_id: ben.user_id })).id;
});

afterEach(async () => {
  await one.close();
  await two.close();
  rmSync(folder, { recursive: true });
});

const contents = async (messenger: Messenger, limit?: number): Promise<string[]> =>
  (await messenger.messages.history(ann, { chat_id, ...(limit && { limit }) })).map((message) => message.content);

test('is the same answer while nothing changes, and nobody can change it for the others', async () => {
  await one.messages.send(ann, { chat_id, content: 'one' });
  const page = await one.messages.history(ann, { chat_id });
  expect(await one.messages.history(ann, { chat_id })).toBe(page);
  expect(() => (page as Message[]).push(...page)).toThrow(TypeError);
  expect(() => Object.assign(page[0] as object, { content: 'forged' })).toThrow(TypeError);
});

test('is never older than the last commit, also when another process wrote it', async () => {
  for (const content of ['one', 'two', 'three']) {
    await one.messages.send(ann, { chat_id, content });
    expect((await contents(one))[0]).toBe(content);
    await two.messages.send(ben, { chat_id, content: `${content} back` });
    expect((await contents(one)).slice(0, 2)).toEqual([`${content} back`, content]);
    expect(await contents(two)).toEqual(await contents(one));
  }
});

test('follows the marks, which move without a revision', async () => {
  await one.messages.send(ann, { chat_id, content: 'read me' });
  const status = async () => (await one.messages.history(ann, { chat_id }))[0]?.status;
  expect(await status()).toBe('sent');
  await two.messages.markDelivered(ben, { chat_id, seq: 1 });
  expect(await status()).toBe('delivered');
  await two.messages.markRead(ben, { chat_id, seq: 1 });
  expect(await status()).toBe('read');
});

test('serves smaller pages from a larger one, and not the other way round', async () => {
  for (let n = 1; n <= 5; n++) await one.messages.send(ann, { chat_id, content: `${n}` });
  expect(await contents(one, 2)).toEqual(['5', '4']);
  expect(await contents(one, 4)).toEqual(['5', '4', '3', '2']);
  expect(await contents(one, 1)).toEqual(['5']);
  expect(await contents(one)).toEqual(['5', '4', '3', '2', '1']);
});

test('is still refused to whoever has left', async () => {
  const group = await one.chats.createGroup(ann, { chat_name: 'G', participant_ids: [ben.user_id] });
  await one.messages.send(ann, { chat_id: group.id, content: 'secret' });
  expect(await one.messages.history(ben, { chat_id: group.id })).toHaveLength(1);
  await two.chats.leave(ben, { chat_id: group.id });
  await expect(one.messages.history(ben, { chat_id: group.id })).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
});
