import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { administrate, describeMysql, mysqlUrl } from '../../tests/support/mysql.js';
import { checkRows } from '../rows.ts';
import { mysqlDatabase, removeDatabases } from '../stores/mysql-database.ts';
import { sqliteFile } from '../stores/sqlite-file.ts';
import type { Place } from '../stores/store.ts';

/** One acknowledged message that is not there, and one that is there twice. */
async function expectExactCount(place: Place, stored: number): Promise<void> {
  await checkRows('dialect', place, stored);
  await expect(checkRows('dialect', place, stored + 1)).rejects.toThrow(
    `${stored + 1} messages acknowledged, ${stored}`,
  );
  await expect(checkRows('dialect', place, stored - 1)).rejects.toThrow(
    `${stored - 1} messages acknowledged, ${stored}`,
  );
}

test('counts the rows of a SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-stores-'));
  try {
    const database = new Database(join(folder, 'some.db'));
    database.exec('create table messages (id integer); insert into messages values (1), (2), (3)');
    database.close();
    await expectExactCount(await sqliteFile('some.db', 'messages').create(folder), 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describeMysql('a database for each trial', () => {
  const store = mysqlDatabase('messages');

  beforeEach(() => void vi.stubEnv('DIALECT_BENCH_MYSQL_URL', mysqlUrl));
  afterEach(async () => {
    await removeDatabases();
    vi.unstubAllEnvs();
  });

  test('is made, counted and dropped', async () => {
    const place = await store.create('');
    const name = nameOf(place);
    await administrate(`create table ${name}.messages (id int)`);
    await administrate(`insert into ${name}.messages values (1), (2), (3)`);
    await expectExactCount(place, 3);
    await place.remove();
    expect(await existing(name)).toBe(false);
  });

  test('is nobody else’s', async () => {
    const [one, other] = await Promise.all([store.create(''), store.create('')]);
    expect(nameOf(one)).not.toBe(nameOf(other));
  });

  test('goes at the end of the run with all others', async () => {
    const places = await Promise.all([store.create(''), store.create('')]);
    await removeDatabases();
    for (const place of places) expect(await existing(nameOf(place))).toBe(false);
  });

  test('goes at the end of the run even when it was only being made', async () => {
    const slow = await holdFirstConnection(new URL(mysqlUrl));
    try {
      vi.stubEnv('DIALECT_BENCH_MYSQL_URL', slow.url);
      const making = store.create('');
      const removing = removeDatabases();
      await Promise.race([removing, sleep(300)]);
      slow.goOn();
      await removing;
      expect(await existing(nameOf(await making))).toBe(false);
    } finally {
      slow.close();
    }
  });
});

/** The server by another address, where what the first connection says waits for `goOn`. */
async function holdFirstConnection(server: URL) {
  let goOn: (() => void) | undefined;
  const proxy = createServer((near) => {
    const far = connect(Number(server.port || 3306), server.hostname);
    far.pipe(near);
    const forward = () => void near.pipe(far);
    if (goOn) forward();
    else goOn = forward;
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(server);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  return { url: url.href, goOn: () => goOn?.(), close: () => proxy.close() };
}

function nameOf({ settings: { mysql_database } }: Place): string {
  if (mysql_database === undefined) throw new Error('The place has no name.');
  return mysql_database;
}

async function existing(name: string): Promise<boolean> {
  const rows = await administrate('select 1 from information_schema.schemata where schema_name = ?', [name]);
  return rows.length > 0;
}
