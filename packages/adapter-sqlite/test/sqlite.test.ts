import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatOperation, Decide } from '@dialect/core';
import { createSqlStorage } from '@dialect/storage-sql';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
import { startChild } from './child.js';
import { openFile, temporaryFolder } from './test-databases.js';

const letPass: Decide = () => null;

let made = 0;
function append(chat_id: number, actor_id: number, content = 'hello'): ChatOperation {
  const client_id = `c${++made}`;
  return { kind: 'append', chat_id, actor_id, client_id, content, message_type: 'text', reply_to_id: null, at: 1 };
}

describe('sqlite()', () => {
  let folder: string;
  let path: string;
  let close: (() => Promise<void>)[];

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'deep', 'down', 'chat.db');
    close = [];
  });

  afterEach(async () => {
    for (const one of close) await one();
    rmSync(folder, { recursive: true });
  });

  async function open(options: { synchronous?: 'full' | 'normal' } = {}) {
    const storage = sqlite({ path, ...options });
    close.push(() => storage.close());
    await storage.migrate();
    return storage;
  }

  /** The storage over its own connection, to look at what that one is set to. */
  async function openInside(options: { path: string; synchronous: 'full' | 'normal' }) {
    const database = openFile(options.path, options.synchronous);
    const storage = createSqlStorage(database);
    close.push(() => storage.close());
    await storage.migrate();
    const pragma = (name: string, value?: number) =>
      // Not inside a transaction: some settings change only outside one.
      database.read(
        async (connection) => (await connection.execute(`pragma ${name}${value ? `=${value}` : ''}`, [])).rows[0],
      );
    const written = (name: string) =>
      database.write(async (connection) => (await connection.execute(`pragma ${name}`, [])).rows[0]);
    return { storage, pragma, written };
  }

  async function chatOf(storage: ReturnType<typeof sqlite>, members = 1) {
    const user_ids: number[] = [];
    for (let n = 0; n < members; n++) {
      user_ids.push((await storage.users.upsert({ external_id: `u${n}`, first_name: 'A', at: 1 })).id);
    }
    const owner_id = user_ids[0] as number;
    const group = { owner_id, client_id: 'g', chat_name: 'G', member_ids: user_ids, at: 1 };
    return { chat_id: (await storage.chats.createGroup(group)).chat.id, user_ids, owner_id };
  }

  const page = (chat_id: number) => ({ chat_id, floor_seq: 0, after_seq: 0, limit: 10_000, offset: 0 });

  it('writes ahead and flushes at every commit, in a folder that it makes', async () => {
    const { written } = await openInside({ path: join(folder, 'chat.db'), synchronous: 'full' });
    expect(await written('journal_mode')).toEqual({ journal_mode: 'wal' });
    expect(await written('synchronous')).toEqual({ synchronous: 2 });
    await open();
  });

  it('leaves the flush to the system with synchronous: normal', async () => {
    const { written } = await openInside({ path: join(folder, 'chat.db'), synchronous: 'normal' });
    expect(await written('synchronous')).toEqual({ synchronous: 1 });
    // The option reaches the database.
    await open({ synchronous: 'normal' });
  });

  it('reads on a connection that cannot write', async () => {
    const database = openFile(join(folder, 'chat.db'));
    close.push(() => database.close());
    const write = database.read(async (connection) => connection.execute('create table t (a)', []));
    await expect(write).rejects.toMatchObject({ code: 'SQLITE_READONLY' });
  });

  it('makes by its script what migrate makes', async () => {
    const storage = await open();
    const script = storage.schemaScript();
    const schemaOf = (database: InstanceType<typeof Sqlite>) =>
      database.prepare('select type, name, tbl_name, sql from sqlite_master order by type, name').all();
    const migrated = new Sqlite(path, { readonly: true });
    const scripted = new Sqlite(join(folder, 'script.db'));
    scripted.exec(script);
    expect(schemaOf(scripted)).toEqual(schemaOf(migrated));
    const names = (database: InstanceType<typeof Sqlite>) =>
      database.prepare('select name from dialect_migrations').all();
    expect(names(scripted)).toEqual(names(migrated));
    migrated.close();
    scripted.close();
    // And a messenger starts on it as on its own.
    const started = sqlite(join(folder, 'script.db'));
    close.push(() => started.close());
    await started.migrate();
    expect(await started.epoch()).toMatch(/^[0-9a-f-]{36}$/);
    await chatOf(started);
  });

  it('names everything with its prefix, and refuses a prefix that is no name', async () => {
    const storage = sqlite({ path, prefix: 'my_' });
    close.push(() => storage.close());
    await storage.migrate();
    const database = new Sqlite(path, { readonly: true });
    const foreign = database
      .prepare(
        "select name from sqlite_master where name not like 'my\\_%' escape '\\' and name not like 'sqlite\\_%' escape '\\'",
      )
      .all();
    database.close();
    expect(foreign).toEqual([]);
    for (const prefix of ['a b', '1a', 'a"', "a'", 'a;drop', 'x'.repeat(30)]) {
      expect(() => sqlite({ path: ':memory:', prefix }), prefix).toThrow('Not a table prefix');
    }
  });

  it('waits for another process that holds the lock, without holding the event loop', async () => {
    const storage = await open();
    const { chat_id, owner_id } = await chatOf(storage);
    const holder = startChild('lock-process.mjs', path, 10);
    expect(await holder.line()).toBe('locked');
    let is_written = false;
    const writing = storage.chats.write([append(chat_id, owner_id)], letPass).then(() => {
      is_written = true;
    });
    // With the loop held there would be no conversation, and the other process would lose its patience.
    for (let ping = 1; ping <= 10; ping++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(is_written).toBe(false);
      expect(await storage.messages.page(page(chat_id))).toEqual([]);
      holder.process.stdin?.write('still there?\n');
      expect(await holder.line()).toBe(ping < 10 ? 'still locked' : 'released');
    }
    await writing;
    expect(await holder.ended).toBe(0);
    expect(await storage.messages.page(page(chat_id))).toHaveLength(1);
  });

  it('numbers without holes when processes write to one chat at once', async () => {
    const storage = await open();
    const { chat_id, user_ids } = await chatOf(storage, 3);
    const children = user_ids.slice(1).map((user_id) => startChild('writer-process.ts', path, chat_id, user_id, 150));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.process.stdin?.write('go\n');
    let are_writing = true;
    const answers = Promise.all(children.map((child) => child.line())).finally(() => {
      are_writing = false;
    });
    let own = 0;
    for (; are_writing; own++) {
      await storage.chats.write([append(chat_id, user_ids[0] as number)], letPass);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await answers).toEqual(['150 stored', '150 stored']);
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0]);
    const rows = await storage.messages.page(page(chat_id));
    expect(rows.map((row) => [row.seq, row.rev])).toEqual(Array.from({ length: 300 + own }, (_, n) => [n + 1, n + 2]));
    expect(user_ids.map((id) => rows.filter((row) => row.sender_id === id).length)).toEqual([own, 150, 150]);
  });

  it('can be opened and migrated by several processes at once', async () => {
    const children = [1, 2, 3].map(() => startChild('writer-process.ts', path, 1, 1, 0));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.process.stdin?.write('go\n');
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0, 0]);
  });

  it('says so when the disk is full, goes on reading, and recovers', async () => {
    const { storage, written } = await openInside({ path: ':memory:', synchronous: 'full' });
    const { chat_id, owner_id } = await chatOf(storage);
    await storage.chats.write([append(chat_id, owner_id, 'before')], letPass);
    const pages = Number((await written('page_count'))?.page_count);
    await written(`max_page_count = ${pages + 8}`);
    const large = 'x'.repeat(60_000);
    const settled = await Promise.allSettled([
      storage.chats.write([append(chat_id, owner_id, 'small'), append(chat_id, owner_id, large)], letPass),
      storage.chats.write([append(chat_id, owner_id, 'small enough')], letPass),
    ]);
    expect(settled[0]).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_FULL', message: /full/ } });
    // Of the batch nothing is there, not even what would have fitted; its neighbour is.
    expect(settled[1]?.status).toBe('fulfilled');
    const contents = async () => (await storage.messages.page(page(chat_id))).map((row) => [row.seq, row.content]);
    expect(await contents()).toEqual([
      [1, 'before'],
      [2, 'small enough'],
    ]);
    await written('max_page_count = 100000');
    await storage.chats.write([append(chat_id, owner_id, 'after'), append(chat_id, owner_id, large)], letPass);
    expect((await contents()).slice(2)).toEqual([
      [3, 'after'],
      [4, large],
    ]);
  });
});
