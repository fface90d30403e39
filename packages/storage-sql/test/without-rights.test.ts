import { randomUUID } from 'node:crypto';
import { createSqlStorage } from '@dialect/storage-sql';
import { expect, it, onTestFinished } from 'vitest';
import { administrate, createDatabase, describeMysql } from '../../../tests/support/mysql.js';
import { checkMessenger } from './check-messenger.js';
import { openDatabase } from './open-database.js';

describeMysql('a database user who may not change the schema', () => {
  /** A storage of the owner's, and one of somebody's who may only read and write rows. */
  async function twoUsers() {
    const { name, url, sql, remove } = await createDatabase();
    const user = `dialect_${process.pid}`;
    const password = randomUUID();
    onTestFinished(remove);
    await administrate(`create user '${user}'@'%' identified by '${password}'`);
    onTestFinished(() => administrate(`drop user '${user}'@'%'`).then(() => undefined));
    await administrate(`grant select, insert, update, delete on ${name}.* to '${user}'@'%'`);
    const limited = Object.assign(new URL(url), { username: user, password });
    const [owners, users] = [url, limited.href].map((address) => {
      const storage = createSqlStorage(openDatabase(address));
      onTestFinished(() => storage.close());
      return storage;
    });
    if (!owners || !users) throw new Error('There are two.');
    return { owners, users, sql };
  }

  it('can start on a schema that is up to date', async () => {
    const { owners, users } = await twoUsers();
    await owners.migrate();
    await checkMessenger(users, false);
  });

  it('is told so by the database when there is something to do, and leaves no trace', async () => {
    const { users, sql } = await twoUsers();
    expect(new Set((await users.migrationStatus()).map(({ state }) => state))).toEqual(new Set(['pending']));
    await expect(users.migrate()).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' });
    expect(await sql('show tables')).toEqual([]);
  });
});
