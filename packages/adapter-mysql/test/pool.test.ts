import { describe, expect, it } from 'vitest';
import { administrate, describeMysql, type MysqlDatabase } from '../../../tests/support/mysql.js';
import { append, group, messagesOf, mustWrite, people, post } from '../../core/src/testing/storage/world.js';
import { openHost, openRival, openStorage, type TestStorage, untilWaiting } from './test-storage.js';

const busy = { name: 'MessengerError', code: 'BUSY', retry_after_ms: expect.any(Number) };

/** Long enough for a busy machine. */
const statement_timeout_ms = 600;

/** A promise, and what resolves it. */
function createGate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Two groups of one person; whoever writes to the first one waits for the rival. */
async function openLocked(open: () => Promise<TestStorage> = openStorage) {
  const { storage, database } = await open();
  const [ann] = (await people(storage, 1)) as [number];
  const locked = await group(storage, [ann]);
  const free = await group(storage, [ann]);
  const rival = await openRival(database);
  await rival.query(`select 1 from dialect_chats where id = ${locked} for update`);
  return { storage, database, rival, ann, locked, free };
}

/** On a server that would wait for a lock for an hour, where we do not. */
const openPatient = () =>
  openHost({ connectionLimit: 1 }, ['set session innodb_lock_wait_timeout = 3600'], {
    statement_timeout_ms,
    reconnect_ms: 1,
  });

/** Ends every connection to the database but those of the test. */
async function killAll({ sql, name }: MysqlDatabase): Promise<number> {
  const rows = await sql('select id from information_schema.processlist where db = ? and id <> connection_id()', [
    name,
  ]);
  for (const { id, ID = id } of rows) await administrate(`kill ${ID}`);
  return rows.length;
}

describeMysql('the pool', () => {
  describe('when all connections are in use', () => {
    it('refuses what waits too long as BUSY, and serves whoever comes afterwards', async () => {
      const { storage } = await openStorage({ connections: 1, acquire_timeout_ms: 1_000 });
      const [ann] = (await people(storage, 1)) as [number];
      const chat_id = await group(storage, [ann]);
      const gate = createGate();
      const holding = storage.transaction?.(() => gate.opened);
      const refused = await Promise.allSettled([
        storage.users.get([ann]),
        mustWrite(storage, append(chat_id, ann)),
        storage.transaction?.(async () => undefined),
        storage.ping(),
      ]);
      for (const one of refused) {
        expect(one).toMatchObject({ status: 'rejected', reason: busy });
        expect(one.status === 'rejected' && String(one.reason)).toMatch(/connection.*1000 ms/);
      }
      // In time this time. Those that were refused still stand in the pool's own queue before it.
      const waiting = storage.users.get([ann]);
      gate.open();
      await holding;
      expect(await waiting).toHaveLength(1);
      for (let n = 0; n < 5; n++) await mustWrite(storage, append(chat_id, ann));
      expect(await messagesOf(storage, chat_id)).toHaveLength(5);
    });
  });

  describe('when a statement has no answer', () => {
    it('gives its connection to nobody else', async () => {
      const { storage, rival, ann, locked, free } = await openLocked(openPatient);
      await expect(mustWrite(storage, append(locked, ann, { content: 'lost' }))).rejects.toMatchObject(busy);
      await post(storage, free, ann, 2);
      await expect(
        storage.transaction?.(({ chats }) => chats.write([append(locked, ann)], () => null)),
      ).rejects.toMatchObject(busy);
      await post(storage, free, ann, 2);
      await rival.end();
      await mustWrite(storage, append(locked, ann, { content: 'kept' }));
      expect((await messagesOf(storage, locked)).map((message) => [message.seq, message.content])).toEqual([
        [1, 'kept'],
      ]);
      expect(await messagesOf(storage, free)).toHaveLength(4);
    });

    it('gives it to nobody else though it only read', async () => {
      const { storage, database } = await openStorage({ connections: 1, statement_timeout_ms, reconnect_ms: 1 });
      const [ann] = (await people(storage, 1)) as [number];
      const rival = await openRival(database);
      await rival.query('lock tables dialect_users write');
      await expect(storage.users.get([ann])).rejects.toMatchObject(busy);
      expect(await storage.members.get(1, ann)).toBeNull();
      await rival.query('unlock tables');
      expect(await storage.users.get([ann])).toHaveLength(1);
    });

    it('answers what else waits on its connection', async () => {
      const { storage, ann, locked } = await openLocked(openPatient);
      const lost = storage.transaction?.(async ({ chats }, connection) => {
        const hosts = connection.query('select 1 from dialect_chats for update');
        const settled = await Promise.allSettled([chats.write([append(locked, ann)], () => null), hosts]);
        expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
        throw (settled[1] as PromiseRejectedResult).reason;
      });
      await expect(lost).rejects.toMatchObject(busy);
    });

    it('tries again on another one until it has', async () => {
      const { storage, database, rival, ann, locked } = await openLocked(() => openStorage({ statement_timeout_ms }));
      const writing = mustWrite(storage, append(locked, ann));
      // The one that was given up, which the server knows nothing of yet, and the next.
      await untilWaiting(database, 2);
      await rival.end();
      await writing;
      expect(await messagesOf(storage, locked)).toHaveLength(1);
    });
  });

  describe('when the server ends connections', () => {
    it('goes on on others as if nothing had been, idle or in the middle of a transaction', async () => {
      const { storage, database, rival, ann, locked, free } = await openLocked();
      await Promise.all([post(storage, free, ann), post(storage, free, ann), storage.ping(), storage.ping()]);
      const writing = mustWrite(storage, append(locked, ann));
      await untilWaiting(database, 1);
      expect(await killAll(database)).toBeGreaterThan(2);
      await post(storage, free, ann);
      // The rival is gone with the others.
      await rival.end().catch(() => undefined);
      await writing;
      expect(await messagesOf(storage, locked)).toHaveLength(1);
      expect(await messagesOf(storage, free)).toHaveLength(3);
    });

    it('says of a host’s transaction that it was rolled back, and does not run it again', async () => {
      const { storage, database } = await openStorage({ connections: 1 });
      await database.sql('create table orders (id integer primary key)');
      let runs = 0;
      const lost = storage.transaction?.(async (_, connection) => {
        runs += 1;
        await connection.query('insert into orders values (1)');
        await killAll(database);
        await connection.query('insert into orders values (2)');
      });
      await expect(lost).rejects.toMatchObject({ ...busy, message: expect.stringContaining('rolled back') });
      expect(runs).toBe(1);
      expect(await database.sql('select id from orders')).toEqual([]);
      // One that had not begun when its connection went is not lost.
      await storage.ping();
      await killAll(database);
      await storage.transaction?.((__, connection) => connection.query('insert into orders values (3)'));
      expect(await database.sql('select id from orders')).toEqual([{ id: 3 }]);
    });
  });

  describe('when it closes', () => {
    it('waits for what is running', async () => {
      const { storage, database, rival, ann, locked } = await openLocked();
      const gate = createGate();
      const holding = storage.transaction?.(() => gate.opened);
      const writing = mustWrite(storage, append(locked, ann));
      await untilWaiting(database, 1);
      let is_closed = false;
      const closing = storage.close().then(() => {
        is_closed = true;
      });
      await rival.end();
      await writing;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(is_closed).toBe(false);
      gate.open();
      await holding;
      await closing;
      await expect(storage.ping()).rejects.toThrow('closed');
      expect(await database.sql('select seq from dialect_messages')).toEqual([{ seq: 1 }]);
    });
  });
});
