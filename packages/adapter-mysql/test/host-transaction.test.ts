import { createPool as createPromisePool } from 'mysql2/promise';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { administrate, createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import {
  append,
  decide,
  group,
  messagesOf,
  mustWrite,
  people,
  privateChat,
  upTo,
} from '../../core/src/testing/storage/world.js';
import { mysql } from '../src/index.js';
import { openHost, openRival, type TestHost, untilWaiting, watchErrors } from './test-storage.js';

const busy = { name: 'MessengerError', code: 'BUSY', retry_after_ms: expect.any(Number) };

/** Not what our own sessions have, so that it would be seen if we changed it. */
const session = [
  'set session transaction isolation level serializable',
  "set session sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION'",
  'set session innodb_lock_wait_timeout = 7',
];

describeMysql('a transaction on a host’s pool', () => {
  let host: TestHost;
  let ann: number;
  let chat_id: number;

  beforeEach(async () => {
    // One connection: what one leaves behind meets the next.
    host = await openHost({ connectionLimit: 1 }, session, { statement_timeout_ms: 5_000 });
    ann = (await people(host.storage, 1))[0] as number;
    chat_id = await group(host.storage, [ann]);
    await host.database.sql('create table orders (id integer primary key)');
  });

  type Work = Parameters<NonNullable<typeof host.storage.transaction>>[0];
  const run = (work: Work): Promise<unknown> => {
    if (!host.storage.transaction) throw new Error('The storage has no transactions.');
    return host.storage.transaction(work);
  };
  const orders = async () => (await host.database.sql('select id from orders order by id')).map((row) => row.id);
  const seqs = async () => (await messagesOf(host.storage, chat_id)).map((message) => message.seq);
  const order = (connection: Parameters<Work>[1], id: number) =>
    connection.query('insert into orders values (?)', [id]);
  const send = ({ chats }: Parameters<Work>[0]) => chats.write([append(chat_id, ann)], decide);

  const settings = async () => {
    const names = ['autocommit', 'sql_mode', 'transaction_isolation', 'tx_isolation', 'innodb_lock_wait_timeout'];
    const [rows] = await host.pool.promise().query('show session variables where variable_name in (?)', [names]);
    return rows;
  };

  /** Another program that will win the deadlock, because it has changed more. */
  async function openWinner() {
    const rival = await openRival(host.database);
    await host.database.sql('create table heavy (n integer)');
    await rival.query(`insert into heavy values ${upTo(500).map((n) => `(${n})`)}`);
    await rival.query(`select 1 from dialect_chats where id = ${chat_id} for update`);
    return rival;
  }

  /** Both now want what the other one has: the rival an order, the transaction the chat. */
  async function collide(rival: Awaited<ReturnType<typeof openWinner>>): Promise<void> {
    await untilWaiting(host.database, 1);
    await rival.query('select 1 from orders where id = 1 for update');
    await rival.end();
  }

  it('commits the host’s rows and ours together', async () => {
    await run(async (repositories, connection) => {
      await order(connection, 1);
      await send(repositories);
      expect(await orders()).toEqual([]);
    });
    expect(await orders()).toEqual([1]);
    expect(await seqs()).toEqual([1]);
  });

  it('rolls both back together, whatever is thrown', async () => {
    // The last one is what a call to another service throws: it looks like a connection that was lost, and is not ours.
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', fatal: true });
    const refused = Object.assign(new Error('Too many connections'), { errno: 1040 });
    let runs = 0;
    for (const thrown of [new Error('out of tea'), reset, refused]) {
      const failing = run(async (repositories, connection) => {
        runs += 1;
        await order(connection, runs);
        await send(repositories);
        throw thrown;
      });
      await expect(failing).rejects.toBe(thrown);
    }
    expect(runs).toBe(3);
    expect(await orders()).toEqual([]);
    expect(await seqs()).toEqual([]);
    await mustWrite(host.storage, append(chat_id, ann));
  });

  it('leaves the sessions as the host has set them', async () => {
    const before = await settings();
    expect(JSON.stringify(before)).toMatch(/SERIALIZABLE/);
    await host.storage.users.get([ann]);
    expect(await settings()).toEqual(before);
    await mustWrite(host.storage, append(chat_id, ann));
    expect(await settings()).toEqual(before);
    const broken = host.storage.chats.write([append(chat_id, ann)], () => {
      throw new Error('decide is broken');
    });
    await expect(broken).rejects.toThrow('decide is broken');
    expect(await settings()).toEqual(before);
    await run((repositories) => send(repositories));
    expect(await settings()).toEqual(before);
    const thrown = new Error('no');
    await expect(run(() => Promise.reject(thrown))).rejects.toBe(thrown);
    expect(await settings()).toEqual(before);
    const rival = await openWinner();
    const lost = run(async (repositories, connection) => {
      await order(connection, 1);
      await send(repositories);
    });
    await Promise.all([collide(rival), expect(lost).rejects.toMatchObject(busy)]);
    expect(await settings()).toEqual(before);
    // And no transaction of ours is left open in which the host's next statement would be.
    await host.pool.promise().query('insert into orders values (9)');
    expect(await orders()).toEqual([9]);
  });

  it('is BUSY after a deadlock, and not run again', async () => {
    const errors = watchErrors();
    const rival = await openWinner();
    let runs = 0;
    const lost = run(async (repositories, connection) => {
      runs += 1;
      await order(connection, 1);
      await send(repositories);
    });
    const message = expect.stringContaining('lost a conflict');
    await Promise.all([collide(rival), expect(lost).rejects.toMatchObject({ ...busy, message })]);
    expect(errors).toContain(1213);
    expect(runs).toBe(1);
    expect(await orders()).toEqual([]);
  });

  it('commits nothing after a deadlock that the host has caught', async () => {
    const rival = await openWinner();
    const going_on = run(async (repositories, connection) => {
      await order(connection, 1);
      await send(repositories).catch(() => undefined);
      await order(connection, 2);
      await send(repositories);
    });
    await Promise.all([collide(rival), expect(going_on).rejects.toThrow('The transaction was over before its end')]);
    expect(await orders()).toEqual([]);
    expect(await seqs()).toEqual([]);
  });

  it.each(['commit', 'rollback', 'start transaction', 'create table more (n integer)'])(
    'rejects when the host runs "%s" inside, and commits nothing that comes after it',
    async (text) => {
      const ended = run(async (repositories, connection) => {
        await connection.query(text);
        await order(connection, 2);
        await send(repositories);
      });
      await expect(ended).rejects.toThrow('The transaction was over before its end');
      expect(await orders()).toEqual([]);
      expect(await seqs()).toEqual([]);
    },
  );

  it('is BUSY when its connection is lost, and rolled back', async () => {
    const lost = run(async (repositories, connection) => {
      await order(connection, 1);
      await send(repositories);
      await administrate(`kill ${connection.threadId}`);
      await order(connection, 2);
    });
    await expect(lost).rejects.toMatchObject({ ...busy, message: expect.stringContaining('rolled back') });
    expect(await orders()).toEqual([]);
    expect(await seqs()).toEqual([]);
    await mustWrite(host.storage, append(chat_id, ann));
  });

  it('runs everything that it lends, on a pool of mysql2/promise too', async () => {
    const database = await createDatabase();
    const pool = createPromisePool({ uri: database.url });
    const storage = mysql({ pool });
    onTestFinished(async () => {
      await storage.close();
      await pool.end();
      await database.remove();
    });
    await storage.migrate();
    const [bob] = (await people(storage, 1)) as [number];
    const made = await storage.transaction?.(async (repositories, connection) => {
      const cem = await repositories.users.upsert({ external_id: 'cem', at: 1 });
      const { chat } = await repositories.chats.openPrivate({ user_ids: [bob, cem.id], at: 1 });
      await repositories.chats.write([append(chat.id, bob)], decide);
      await connection.query('create temporary table seen (n integer)');
      return { cem_id: cem.id, chat_id: chat.id };
    });
    expect(await privateChat(storage, bob, made?.cem_id ?? 0)).toBe(made?.chat_id);
    expect(await messagesOf(storage, made?.chat_id ?? 0)).toHaveLength(1);
  });
});
