import { expect, it } from 'vitest';
import { administrate, describeMysql } from '../../../tests/support/mysql.js';
import { createTestDatabase, describeDatabases, mysqlServer, type TestDatabase } from './databases.js';
import { expectMigrated } from './expect-migrated.js';
import { all, further } from './further-migrations.js';
import { migratorOver, reach } from './migrators.js';
import { boundariesOf, observe } from './observed-database.js';
import { rowsOf } from './snapshot.js';

describeMysql('a connection that is lost while migrating', () => {
  /** Ends every connection to the database but the one that asks. */
  async function cut({ sql }: TestDatabase): Promise<void> {
    const others = await sql(
      'select id from information_schema.processlist where db = database() and id <> connection_id()',
    );
    // It may have ended by itself in between.
    for (const { id } of others) await administrate(`kill ${id}`).catch(() => undefined);
  }

  const inside = boundariesOf(further, mysqlServer.dialect).filter((boundary) => !boundary.startsWith('committed'));
  it.each(inside)('%s is replaced, and the statement takes effect once', async (boundary) => {
    const database = await createTestDatabase(mysqlServer);
    await reach(database, 1);
    const before = await rowsOf(database);
    const passed: string[] = [];
    const observed = observe(database.open(), all, async (reached) => {
      if (reached === boundary && !passed.includes(boundary)) await cut(database);
      passed.push(reached);
    });
    await migratorOver(observed).up();
    // It came by a second time, on the new connection.
    expect(passed.filter((one) => one === boundary.replace('after', 'before'))).toHaveLength(2);
    await expectMigrated(database, before);
  });
});

describeDatabases('an acknowledgement that is lost while migrating', (kind) => {
  it('does no harm, though it be every one', async () => {
    const database = await createTestDatabase(kind);
    await reach(database, 1);
    const before = await rowsOf(database);
    const opened = database.open();
    const forgetful = migratorOver({
      ...opened,
      // As an adapter does that lost its connection while it committed, and was too late to keep it from happening.
      async write(work) {
        await opened.write(work);
        return opened.write((connection) => work(connection, { may_have_committed: true }));
      },
    });
    await forgetful.up();
    await expectMigrated(database, before);
  });
});
