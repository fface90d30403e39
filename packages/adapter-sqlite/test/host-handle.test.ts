import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTestMessenger } from '@dialect/core/testing';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
import { temporaryFolder } from './test-databases.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("sqlite() on the host's own handle", () => {
  let folder: string;
  let database: Database;

  beforeEach(() => {
    folder = temporaryFolder();
    database = new Sqlite(join(folder, 'host.db'));
    database.exec('create table host (n integer)');
  });

  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it.each(['wal', 'delete'])('keeps the tables of both, the settings and the handle (journal: %s)', async (mode) => {
    database.pragma(`journal_mode = ${mode}`);
    database.pragma('synchronous = FULL');
    // Numbers come back as numbers all the same.
    database.defaultSafeIntegers(true);
    const names = ['synchronous', 'busy_timeout', 'journal_mode', 'wal_autocheckpoint', 'foreign_keys'];
    const settings = () => names.map((name) => database.pragma(name, { simple: true }));
    const before = settings();
    const messenger = await createTestMessenger({ storage: sqlite({ database, prefix: 'chat_' }) });
    const ann = await messenger.person('ann');
    const group = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    expect(await messenger.messages.send(ann, { chat_id: group.id, content: 'x' })).toMatchObject({ id: 1, seq: 1 });
    await messenger.close();
    expect(settings()).toEqual(before);
    expect(database.prepare('select count(*) from chat_messages').pluck().get()).toBe(1n);
    database.exec('insert into host values (1)');
  });

  it('is in no transaction when any code of the host runs, so that nothing of the host can fall into ours', async () => {
    const messenger = await createTestMessenger({
      storage: sqlite({ database }),
      limits: { messages_per_second: Number.POSITIVE_INFINITY },
    });
    const ann = await messenger.person('ann');
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    let looks = 0;
    const look = () => {
      looks += 1;
      if (database.inTransaction) throw new Error('The handle is in a transaction that is not of the host.');
    };
    const host = async (n: number) => {
      await messenger.messages.send(ann, { chat_id, content: `${n}` });
      look();
      await messenger.chats.createGroup(ann, { chat_name: `${n}`, participant_ids: [] });
      look();
      await messenger.asUser({ external_id: `user ${n}` });
      // As a host's own promises do it: any number of steps later.
      for (let step = 0; step < 30; step++) {
        await null;
        look();
      }
      await messenger.messages.markRead(ann, { chat_id, seq: 1 });
      look();
    };
    await Promise.all(Array.from({ length: 20 }, (_, n) => host(n)));
    expect(looks).toBe(20 * 33);
    await messenger.close();
  });

  it('warns when a transaction of the host waits for something else than the database', async () => {
    const storage = sqlite({ database });
    await storage.migrate();
    const warnings: Error[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    try {
      await storage.transaction?.(async (_, connection) => connection.exec('insert into host values (1)'));
      await nextTurn();
      expect(warnings).toEqual([]);
      const warned = once(process, 'warning');
      await storage.transaction?.(() => new Promise((resolve) => setTimeout(resolve, 20)));
      await warned;
      expect(warnings.map(String)).toEqual([expect.stringContaining('waited for something other than the database')]);
    } finally {
      process.off('warning', hear);
      await storage.close();
    }
  });

  it('notices a transaction that SQLite or the host has ended, and stores nothing after it', async () => {
    const messenger = await createTestMessenger({ storage: sqlite({ database }) });
    const ann = await messenger.person('ann');
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    messenger.events.length = 0;
    database.exec('create table orders (id integer primary key); insert into orders values (1)');
    const ended = messenger.transaction(async ({ messages, connection }) => {
      expect(() => connection.exec('insert or rollback into orders values (1)')).toThrow('UNIQUE');
      await messages.send(ann, { chat_id, content: 'ghost' });
    });
    await expect(ended).rejects.toThrow('The transaction was over before its end');
    expect(await messenger.messages.history(ann, { chat_id })).toEqual([]);
    expect(messenger.events).toEqual([]);
    await messenger.close();
  });

  it('waits while the host has a transaction of its own open', async () => {
    const messenger = await createTestMessenger({ storage: sqlite({ database }) });
    const ann = await messenger.person('ann');
    database.exec('begin');
    const group = messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    database.exec('insert into host values (7); rollback');
    await group;
    expect(database.prepare('select n from host').all()).toEqual([]);
    await messenger.close();
  });

  it('answers BUSY when a commit does not get its turn, and has stored nothing', async () => {
    database.pragma('busy_timeout = 10');
    const messenger = await createTestMessenger({ storage: sqlite({ database }) });
    const ann = await messenger.person('ann');
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    const other = new Sqlite(database.name);
    const reading = other.prepare('select * from dialect_users').iterate();
    reading.next();
    const send = messenger.messages.send(ann, { chat_id, content: 'x' });
    await expect(send).rejects.toMatchObject({ code: 'BUSY', retryable: true });
    reading.return?.();
    other.close();
    expect(await messenger.messages.send(ann, { chat_id, content: 'x' })).toMatchObject({ seq: 1 });
    await messenger.close();
  });

  it('refuses a handle whose commits are not flushed, or warns where it is told to', async () => {
    // That is enough with this driver.
    database.pragma('journal_mode = WAL');
    const refused = sqlite({ database });
    await expect(refused.migrate()).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringContaining('does not flush at every commit (synchronous=1)'),
    });
    await refused.close();
    const warned = once(process, 'warning');
    const storage = sqlite({ database, when_not_durable: 'warn' });
    await storage.migrate();
    expect(String(await warned)).toContain('does not flush at every commit');
    await storage.close();
    database.pragma('synchronous = FULL');
    const durable = sqlite({ database });
    await durable.migrate();
    await durable.close();
  });

  it('takes a handle of a database in memory, of which there is nothing to flush', async () => {
    const memory = new Sqlite(':memory:');
    const messenger = await createTestMessenger({ storage: sqlite({ database: memory }) });
    await messenger.person('ann');
    await messenger.close();
    expect(memory.prepare('select count(*) from dialect_users').pluck().get()).toBe(1);
    memory.close();
  });
});
