import { randomUUID } from 'node:crypto';
import type { SqlConnection, SqlDatabase } from '../sql-database.js';
import type { Sql } from '../statement.js';

export interface MigrationLock {
  /** The statement that a predecessor was at when it died, as it was given to `reach`. */
  resumed_step: string | null;
  /**
   * Says, in the transaction of `connection`, which statement comes next; nobody can take the lock before it ends.
   * @throws when the lock was taken away
   */
  reach(connection: SqlConnection, step: string | null): Promise<void>;
  release(): Promise<void>;
}

/** Which owner's which sign of life was seen. */
interface Sign {
  owner: string;
  expires_at: number;
}

export interface LockTimes {
  /** Without a sign of life for so long, an owner is taken for dead. */
  lease_ms: number;
  poll_ms: number;
}

const name = 'schema';

/**
 * One migrating process at a time. The owner moves `expires_at` on while it lives; whoever waits takes over when it has
 * not moved for a whole lease by their own clock, so no two machines need the same time. A process that was suspended
 * for longer finds its lock gone at its next statement and stops.
 */
export async function takeMigrationLock(
  sql: Sql,
  database: SqlDatabase,
  { lease_ms, poll_ms }: LockTimes,
  onWait: (owner: string) => void,
): Promise<MigrationLock> {
  const owner = randomUUID();
  const { db, dialect } = sql;
  const run = (connection: SqlConnection, query: { compile(): { sql: string; parameters: readonly unknown[] } }) => {
    const { sql: text, parameters } = query.compile();
    return connection.execute(text, parameters);
  };
  const expiry = () => Date.now() + lease_ms;
  const own = () => db.updateTable('migration_lock').where('name', '=', name).where('owner', '=', owner);

  /** The lock's row as it stood: ours now when nobody had it, or when it looked like `stale`. */
  const tryTake = (stale: Sign | null) =>
    database.write(async (connection) => {
      const [row] = await sql.all(
        connection,
        dialect.forUpdate(db.selectFrom('migration_lock').selectAll().where('name', '=', name)),
      );
      if (!row) {
        const mine = { name, owner, expires_at: expiry(), step: null };
        await run(connection, db.insertInto('migration_lock').values(mine));
        return { is_taken: true, ...mine };
      }
      // A repetition after a lost connection finds itself.
      if (row.owner !== '' && row.owner !== owner && !isSame(row, stale)) return { is_taken: false, ...row };
      const mine = { owner, expires_at: expiry() };
      await run(connection, db.updateTable('migration_lock').set(mine).where('name', '=', name));
      return { is_taken: true, ...row };
    });

  /** Two that insert the first row at once: one of them has to look again. */
  const tryAgain = (error: unknown): null => {
    if (dialect.violatedKey(error)) return null;
    throw error;
  };

  async function take(): Promise<string | null> {
    const seen = { owner: '', expires_at: 0, at: 0 };
    for (;;) {
      const is_silent = seen.owner !== '' && performance.now() - seen.at > lease_ms;
      const row = await tryTake(is_silent ? seen : null).catch(tryAgain);
      if (row?.is_taken) return row.step;
      if (row && !isSame(row, seen)) {
        if (row.owner !== seen.owner) onWait(row.owner);
        Object.assign(seen, { owner: row.owner, expires_at: row.expires_at, at: performance.now() });
      }
      await new Promise((resolve) => setTimeout(resolve, poll_ms));
    }
  }

  const resumed_step = await take();
  let is_renewing = false;
  const renewal = setInterval(async () => {
    // One at a time: while a change of rows holds the lock's row, they would take every connection to wait for it.
    if (is_renewing) return;
    is_renewing = true;
    // One that fails is not worth failing for: the next statement notices a lock that is gone.
    await database.write(async (connection) => run(connection, own().set({ expires_at: expiry() }))).catch(() => null);
    is_renewing = false;
  }, lease_ms / 3);
  renewal.unref();

  return {
    resumed_step,
    async reach(connection, step) {
      const { affected } = await run(connection, own().set({ step, expires_at: expiry() }));
      if (affected === 0)
        throw new Error('Another process has taken over the migration: this one was silent too long.');
    },
    async release() {
      clearInterval(renewal);
      // Who waits takes over after a lease all the same, and why the migration failed must not be lost for this.
      await database.write(async (connection) => run(connection, own().set({ owner: '' }))).catch(() => null);
    },
  };
}

function isSame(a: Sign, b: Sign | null): boolean {
  return a.owner === b?.owner && a.expires_at === b.expires_at;
}
