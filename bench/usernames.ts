// How a server starts over very many usernames: on SQLite, and on MySQL or MariaDB where one answers.
// usage: npm run bench:usernames [-- <users>]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { createFileSnapshot, createMessenger, type Storage } from '@dialect/core';
import { type InsertUsers, insertIntoMysql, insertIntoSqlite } from '../tests/support/many-users.ts';
import { mysqlDatabase } from './stores/mysql-database.ts';
import { checkMysqlServer } from './stores/mysql-server.ts';
import { mysqlUrl } from './stores/mysql-url.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const free = 20_000;

/** One life of a server: from nothing to a filter that has read every name, and a clean stop. */
async function live(title: string, storage: Storage, path: string): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(2)} s`;
  const lines: Record<string, unknown>[] = [];
  let asked = 0;
  const isUsernameTaken = (key: string): Promise<boolean> => {
    asked += 1;
    return storage.users.isUsernameTaken(key);
  };
  const counted = { ...storage, users: { ...storage.users, isUsernameTaken } };
  const info = (message: string, fields = {}): void => {
    lines.push({ message, ...fields });
  };
  delay.enable();
  const start = performance.now();
  const messenger = createMessenger({
    storage: counted,
    accounts: { secret: 's'.repeat(32), username_snapshot: createFileSnapshot(path) },
    logger: { info, warn: info, error: info },
  });
  await messenger.start();
  const ready = seconds(start);
  const is_free = async () => (await messenger.users.checkUsername(null, { username: 'nobody' })).is_available;
  for (asked = 1; asked > 0; ) {
    asked = 0;
    if (!(await is_free())) throw new Error('A free name was called taken.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const filled = seconds(start);
  while (!lines.some(({ message }) => String(message).includes('from the database')))
    await new Promise((resolve) => setTimeout(resolve, 50));
  const read = seconds(start);
  const blocked = delay.max / 1e6 - 5;
  asked = 0;
  const since = performance.now();
  for (let n = 0; n < free; n++) await messenger.users.checkUsername(null, { username: `free_${n}` });
  const each = ((performance.now() - since) / free) * 1_000;
  const wrong = asked;
  for (let n = 1; n <= count; n += 997) {
    const { is_available } = await messenger.users.checkUsername(null, { username: `user_${n}` });
    if (is_available) throw new Error(`user_${n} was called free.`);
  }
  const stopping = performance.now();
  await messenger.close();
  console.log(`${title}
  server ready ${ready}, no database for a free name ${filled}, every name read ${read}, stopped in ${seconds(stopping)}
  longest wait of the event loop ${blocked.toFixed(1)} ms
  a free name ${each.toFixed(1)} us, ${wrong} of ${free} asked the database; snapshot ${statSync(path).size} bytes
  ${lines.map((line) => JSON.stringify(line)).join('\n  ')}`);
}

async function measure(title: string, open: () => Storage, insert: InsertUsers, folder: string): Promise<void> {
  const storage = open();
  await storage.migrate();
  await storage.close();
  await insert(count);
  const path = join(folder, `${title}.filter`);
  await live(`${title}, ${count} users, without a snapshot`, open(), path);
  await live(`${title}, ${count} users, with a snapshot`, open(), path);
}

const folder = mkdtempSync(join(tmpdir(), 'dialect-usernames-'));
try {
  const file = join(folder, 'chat.db');
  await measure('sqlite', () => sqlite(file), insertIntoSqlite(file), folder);
  const server = await checkMysqlServer().catch((error: Error) => console.log(`Without MySQL: ${error.message}`));
  if (server) {
    const place = await mysqlDatabase('dialect_users').create(folder);
    const database = (place.settings as { mysql_database: string }).mysql_database;
    try {
      const url = mysqlUrl(database);
      await measure('mysql', () => mysql({ url }), insertIntoMysql(url), folder);
    } finally {
      await place.remove();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
