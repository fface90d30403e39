import type { ChatOperation, Storage } from '@dialect/core';
import { createCuttableProxy, type TestDatabase } from '@dialect/core/testing';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { postgres } from '../index.js';
import { createDatabase, describePostgres, runOn, withSettings } from './databases.js';

/** What the contract cannot know of: how this database and its driver fail. */
describePostgres('postgres()', () => {
  let database: TestDatabase & { url: string };
  const opened: Storage[] = [];

  beforeEach(async () => {
    database = await createDatabase();
  });

  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close();
    await database.remove();
  });

  async function open(url = database.url) {
    const storage = postgres({ url });
    opened.push(storage);
    await storage.migrate();
    return storage;
  }

  /** A connection of somebody else, who holds locks. */
  async function stranger(): Promise<Client> {
    const client = new Client({ connectionString: withSettings(database.url, { application_name: 'stranger' }).href });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  const sql = (text: string) => runOn(withSettings(database.url, { application_name: 'stranger' }).href, text);
  const schema = () => new URL(database.url).searchParams.get('application_name');
  const waiting = (query: string) =>
    sql(
      `select pid from pg_stat_activity where application_name = '${schema()}' and wait_event_type = 'Lock' and query like '${query}%'`,
    );
  const kill = () =>
    sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${schema()}'`);

  async function chatOf(storage: Storage) {
    const { id } = await storage.users.upsert({ external_id: 'ann', at: 1 });
    const other = await storage.users.upsert({ external_id: 'bob', at: 1 });
    const { chat } = await storage.chats.openPrivate({ user_ids: [id, other.id], at: 1 });
    const message: ChatOperation = {
      kind: 'append',
      chat_id: chat.id,
      actor_id: id,
      client_id: 'once',
      content: 'hello',
      message_type: 'text',
      reply_to_id: null,
      at: 1,
    };
    return { chat_id: chat.id, user_ids: [id, other.id] as const, message };
  }

  const stored = { kind: 'message', duplicate: false, message: { seq: 1, rev: 2 } };

  it('takes a message for its own that it stored before it lost the connection in the commit', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = await createCuttableProxy({ port: Number(port || 5432) });
    onTestFinished(() => proxy.close());
    const through = new URL(database.url);
    through.host = `${hostname}:${proxy.port}`;
    const storage = await open(through.href);
    const { message } = await chatOf(storage);
    // The commit waits for a lock, and is carried out when it has it, whether anybody is there to hear of it or not.
    await sql(`create function wait() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(hashtext('${schema()}')); return null; end $$`);
    await sql(`create constraint trigger wait after insert on dialect_messages
      deferrable initially deferred for each row execute function wait()`);
    const holder = await stranger();
    await holder.query(`select pg_advisory_lock(hashtext('${schema()}'))`);
    const writing = storage.chats.write([message], () => null);
    await expect.poll(() => waiting('commit')).toHaveLength(1);
    proxy.cut();
    proxy.resume();
    await holder.query(`select pg_advisory_unlock(hashtext('${schema()}'))`);
    expect(await writing).toMatchObject([stored]);
    expect(await database.probe.count('messages')).toBe(1);
    // A repetition by the client is one, as before.
    expect(await storage.chats.write([message], () => null)).toMatchObject([{ duplicate: true }]);
  });

  it('runs again what lost its connection in the middle', async () => {
    const storage = await open();
    const { chat_id, message } = await chatOf(storage);
    const holder = await stranger();
    await holder.query('begin');
    await holder.query(`select id from dialect_chats where id = ${chat_id} for update`);
    const writing = storage.chats.write([message], () => null);
    await expect.poll(() => waiting('select')).toHaveLength(1);
    await kill();
    await holder.query('commit');
    expect(await writing).toMatchObject([stored]);
    expect(await database.probe.count('messages')).toBe(1);
  });

  it('goes on with another connection when one does not answer', async () => {
    const { chat_id, message } = await chatOf(await open());
    const impatient = postgres({ url: withSettings(database.url, { query_timeout: '1000' }).href });
    opened.push(impatient);
    const holder = await stranger();
    await holder.query('begin');
    await holder.query(`select id from dialect_chats where id = ${chat_id} for update`);
    const writing = impatient.chats.write([message], () => null);
    await expect.poll(async () => (await waiting('select')).length, { timeout: 10_000 }).toBeGreaterThan(1);
    await holder.query('commit');
    expect(await writing).toMatchObject([stored]);
    expect(await database.probe.count('messages')).toBe(1);
  });

  it('replaces idle connections that were lost', async () => {
    const storage = await open();
    const { user_ids } = await chatOf(storage);
    await kill();
    expect(await storage.users.get(user_ids)).toHaveLength(2);
  });

  it('runs again what a deadlock ended', async () => {
    const storage = await open();
    const { chat_id, message, user_ids } = await chatOf(storage);
    await storage.chats.write([message], () => null);
    const holder = await stranger();
    // Whoever looks first is the one who is ended: that is us.
    await holder.query("set deadlock_timeout = '1min'");
    const lock = (user_id: number) =>
      holder.query(`select 1 from dialect_members where chat_id = ${chat_id} and user_id = ${user_id} for update`);
    await holder.query('begin');
    await lock(user_ids[1]);
    const marks = user_ids.map((user_id) => ({ kind: 'read' as const, chat_id, user_id, seq: 1, at: 1 }));
    const advancing = storage.members.advance(marks);
    await expect.poll(() => waiting('select')).toHaveLength(1);
    await lock(user_ids[0]);
    await holder.query('commit');
    expect(await advancing).toMatchObject([{ moved_to: { seq: 1 } }, { moved_to: { seq: 1 } }]);
    expect(await database.probe.readLog(chat_id, user_ids[0])).toHaveLength(1);
  });

  it('lends its connection for the host’s own rows, which share the transaction', async () => {
    const storage = await open();
    await sql('create table orders (id int primary key)');
    const order = (id: number, error?: Error) =>
      storage.transaction?.(async ({ users }, client) => {
        await client.query('insert into orders values ($1)', [id]);
        await users.upsert({ external_id: `customer ${id}`, at: 1 });
        if (error) throw error;
      });
    await order(1);
    await expect(order(2, new Error('out of stock'))).rejects.toThrow('out of stock');
    expect(await sql('select id from orders')).toEqual([{ id: 1 }]);
    expect(await database.probe.count('users')).toBe(1);
  });

  it('commits nothing of a transaction in which the host overlooked an error, or which it ended', async () => {
    const storage = await open();
    const overlooked = storage.transaction?.(async ({ users }, client) => {
      await users.upsert({ external_id: 'ann', at: 1 });
      await client.query('select 1 / 0').catch(() => undefined);
    });
    await expect(overlooked).rejects.toThrow('aborted');
    const ended = storage.transaction?.(async ({ users }, client) => {
      await client.query('rollback');
      await users.isUsernameTaken('ann');
    });
    await expect(ended).rejects.toThrow('transaction');
    expect(await database.probe.count('users')).toBe(0);
    await chatOf(storage);
  });

  it('tells a host that its transaction was lost, and runs it once', async () => {
    const storage = await open();
    let runs = 0;
    const lost = storage.transaction?.(async ({ users }) => {
      runs += 1;
      await users.upsert({ external_id: 'ann', at: 1 });
      await kill();
      await users.upsert({ external_id: 'bob', at: 1 });
    });
    await expect(lost).rejects.toMatchObject({ code: 'BUSY' });
    expect([runs, await database.probe.count('users')]).toEqual([1, 0]);
  });

  it('refuses a database that does not flush at commit', async () => {
    const options = `${new URL(database.url).searchParams.get('options')} -c synchronous_commit=off`;
    const storage = postgres({ url: withSettings(database.url, { options }).href });
    opened.push(storage);
    await expect(storage.migrate()).rejects.toMatchObject({ name: 'StorageError', message: /synchronous_commit/ });
  });

  it('says at once what waiting would not change', async () => {
    const elsewhere = new URL(database.url);
    elsewhere.pathname = '/no_such_database';
    await expect(open(elsewhere.href)).rejects.toMatchObject({ code: '3D000' });
    expect(() => postgres({ url: 'postgres://ann:secret@ host' })).toThrow(/^The URL of the database is none\.$/);
  });
});
