import type { Storage } from '@dialect/core';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createPrivateMysql, describePrivateMysql, type PrivateMysql } from '../../../tests/support/private-mysql.js';
import { append, group, messagesOf, mustWrite, people, post, upTo } from '../../core/src/testing/storage/world.js';
import { type MysqlUrlOptions, mysql } from '../src/index.js';
import { until, watchErrors } from './test-storage.js';

const busy = { name: 'MessengerError', code: 'BUSY', retry_after_ms: expect.any(Number) };

const too_many_connections = 1040;
const user_limit = 1226;
const read_only = 1290;

const impatient = { statement_timeout_ms: 1_000, connect_timeout_ms: 1_000, reconnect_ms: 50 };

/** What keeps a process from ending, by kind. */
const held = (kind: string): number => process.getActiveResourcesInfo().filter((one) => one === kind).length;

describePrivateMysql('a server that cannot be reached', () => {
  let server: PrivateMysql;
  let made = 0;
  let name: string;

  beforeAll(async () => {
    server = await createPrivateMysql('--max-connections=10');
    // What a host would give us: root may write where nobody may, and connect where nobody can.
    await server.sql("create user app@'%' identified by 'secret'");
    await server.sql("grant all on `lost\\_%`.* to app@'%'");
  }, 60_000);

  afterAll(() => server?.remove());

  beforeEach(async () => {
    // What the test before has done to it is over.
    await server.kill9();
    await server.start();
    name = `lost_${++made}`;
    await server.sql(`create database ${name}`);
  });

  const url = () => `mysql://app:secret@127.0.0.1:${server.port}/${name}`;

  async function open(options: Partial<MysqlUrlOptions> = {}) {
    // With all the patience that a busy machine may need.
    const patient = mysql({ url: url() });
    await patient.migrate();
    const [ann] = (await people(patient, 1)) as [number];
    const chat_id = await group(patient, [ann]);
    await patient.close();
    const storage = mysql({ url: url(), ...options });
    onTestFinished(() => storage.close());
    return { storage, ann, chat_id };
  }

  /** Everything that a storage does with a server, each on a connection of its own. */
  const everything = (storage: Storage, ann: number, chat_id: number): Promise<unknown>[] => [
    storage.users.get([ann]),
    mustWrite(storage, append(chat_id, ann)),
    storage.transaction?.(async () => undefined) ?? Promise.resolve(),
    storage.ping(),
  ];

  /** A server that has just been woken may be too slow once more for somebody without patience. */
  async function untilAllWorks(work: () => Promise<unknown>[]): Promise<void> {
    for (;;) {
      const settled = await Promise.allSettled(work());
      if (settled.every(({ status }) => status === 'fulfilled')) return;
    }
  }

  it('is BUSY when it is down for too long, and works again when it is back', async () => {
    const { storage, ann, chat_id } = await open({ reconnect_ms: 50 });
    await post(storage, chat_id, ann);
    const before = held('Timeout');
    const running = Promise.allSettled(everything(storage, ann, chat_id));
    await server.kill9();
    const refused = await Promise.allSettled(everything(storage, ann, chat_id));
    for (const one of refused) expect(one).toMatchObject({ status: 'rejected', reason: busy });
    for (const one of await running) if (one.status === 'rejected') expect(one.reason).toMatchObject(busy);
    // Nothing waits for an answer any more that cannot come.
    expect(held('Timeout')).toBeLessThanOrEqual(before);
    await server.start();
    await Promise.all(everything(storage, ann, chat_id));
  });

  it('is waited for by what had not begun', async () => {
    const { storage, ann, chat_id } = await open();
    await server.kill9();
    const waiting = everything(storage, ann, chat_id);
    await server.start();
    await Promise.all(waiting);
    expect(await messagesOf(storage, chat_id)).toHaveLength(1);
  });

  it('is BUSY when it answers nobody, and works again when it does', async () => {
    const { storage, ann, chat_id } = await open(impatient);
    await untilAllWorks(() => everything(storage, ann, chat_id));
    await server.freeze();
    const settled = await Promise.allSettled(everything(storage, ann, chat_id));
    for (const one of settled) expect(one).toMatchObject({ status: 'rejected', reason: busy });
    server.thaw();
    await untilAllWorks(() => everything(storage, ann, chat_id));
  });

  it('does not keep the process when it answers nobody', async () => {
    const sockets = held('TCPSocketWrap');
    const { storage } = await open(impatient);
    const look = (times: number) => Promise.allSettled(upTo(times).map(() => storage.ping()));
    await look(5);
    const opened = held('TCPSocketWrap') - sockets;
    await server.freeze();
    // Some of the connections are given up, and others nobody has missed yet.
    await look(2);
    expect(opened).toBeGreaterThan(2);
    await storage.close();
    await until(() => held('TCPSocketWrap') <= sockets);
  });

  it.each([
    ['no connection left', 'set @nothing = 1', 10, too_many_connections],
    ['none left for this user', "alter user app@'%' with max_user_connections 3", 3, user_limit],
  ])('is waited for while it has %s', async (_, limit, count, error) => {
    const { storage, ann, chat_id } = await open();
    await server.sql(limit);
    // The pool's own are in the way.
    const app = () => server.sql("select id from information_schema.processlist where user = 'app'");
    for (const row of await app()) await server.sql(`kill ${row.id ?? row.ID}`);
    while ((await app()).length > 0);
    const others = await Promise.all(upTo(count).map(() => createConnection({ uri: url() })));
    const errors = watchErrors();
    const writing = mustWrite(storage, append(chat_id, ann));
    await until(() => errors.includes(error));
    await Promise.all(others.map((one) => one.end()));
    await writing;
    expect(await messagesOf(storage, chat_id)).toHaveLength(1);
  });

  it('is waited for while it may only be read, as after a failover', async () => {
    const { storage, ann, chat_id } = await open();
    const errors = watchErrors();
    await server.sql('set global read_only = 1');
    const writing = mustWrite(storage, append(chat_id, ann));
    await until(() => errors.includes(read_only));
    await server.sql('set global read_only = 0');
    await writing;
    expect(await messagesOf(storage, chat_id)).toHaveLength(1);
  });
});
