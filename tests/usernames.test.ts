import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { createFileSnapshot, type Storage } from '@dialect/core';
import { createTestMessenger } from '@dialect/core/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type InsertUsers, insertIntoMysql, insertIntoSqlite } from './support/many-users.js';
import { createDatabase, has_mysql } from './support/mysql.js';

// The million is measured by `npm run bench:usernames`.
const count = 50_000;

interface Place {
  open(): Storage;
  insert: InsertUsers;
}
const places: Record<string, (folder: string) => Promise<Place>> = {
  async sqlite(folder) {
    const path = join(folder, 'chat.db');
    return { open: () => sqlite(path), insert: insertIntoSqlite(path) };
  },
  async mysql() {
    const database = await createDatabase();
    onTestFinished(() => database.remove());
    return { open: () => mysql({ url: database.url }), insert: insertIntoMysql(database.url) };
  },
};

describe.each(Object.keys(places))('many usernames on %s', (kind) => {
  test.skipIf(kind === 'mysql' && !has_mysql)(
    'are known without the database, before and after a restart',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'dialect-usernames-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const place = await (places[kind] as (folder: string) => Promise<Place>)(folder);
      const first = place.open();
      await first.migrate();
      await place.insert(count);
      await first.close();

      for (const origin of ['from the database', 'from its snapshot']) {
        let asked = 0;
        const storage = place.open();
        const isUsernameTaken = (key: string) => {
          asked += 1;
          return storage.users.isUsernameTaken(key);
        };
        const messenger = await createTestMessenger({
          storage: { ...storage, users: { ...storage.users, isUsernameTaken } },
          accounts: {
            secret: 'a secret for tests, of 32 bytes or more',
            username_snapshot: createFileSnapshot(join(folder, 'usernames.filter')),
          },
        });
        const isFree = async (username: string) =>
          (await messenger.users.checkUsername(null, { username })).is_available;
        while (!messenger.lines.some(({ message }) => message.includes(origin)))
          await new Promise((resolve) => setTimeout(resolve, 5));
        asked = 0;
        for (let n = 0; n < 2_000; n++) expect(await isFree(`free_${n}`)).toBe(true);
        // A false "perhaps" now and then is what the filter is allowed.
        expect(asked).toBeLessThan(20);
        for (let n = 1; n <= count; n += 499) expect([n, await isFree(`USER_${n}`)]).toEqual([n, false]);
        await messenger.close();
        expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
      }
    },
  );
});
