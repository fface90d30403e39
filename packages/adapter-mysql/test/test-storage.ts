import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createPool, type Pool, type PoolOptions } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { createDatabase, type MysqlDatabase } from '../../../tests/support/mysql.js';
import { type MysqlPoolOptions, type MysqlServerOptions, type MysqlUrlOptions, mysql } from '../src/index.js';

export interface TestStorage {
  database: MysqlDatabase;
  storage: ReturnType<typeof mysql>;
}

/** With all the patience that a busy machine may need, whatever the test's own storage has. */
async function migrate({ url }: MysqlDatabase): Promise<void> {
  const storage = mysql(url);
  await storage.migrate().finally(() => storage.close());
}

/** A migrated storage on a database of its own, both gone when the test has ended. */
export async function openStorage(options: Partial<MysqlUrlOptions & MysqlServerOptions> = {}): Promise<TestStorage> {
  const database = await createDatabase();
  const storage = mysql({ url: database.url, ...options });
  onTestFinished(async () => {
    await storage.close();
    await database.remove();
  });
  await migrate(database);
  return { database, storage };
}

export interface TestHost extends TestStorage {
  pool: Pool;
}

/** The same on a host's own pool; `session` is what the host sets on each of its connections. */
export async function openHost(
  settings: PoolOptions = {},
  session: readonly string[] = [],
  options: Partial<MysqlPoolOptions> = {},
): Promise<TestHost> {
  const database = await createDatabase();
  const pool = createPool({ uri: database.url, ...settings });
  pool.on('connection', (connection) => {
    for (const text of session) connection.query(text, () => undefined);
  });
  const storage = mysql({ pool, ...options });
  onTestFinished(async () => {
    await storage.close();
    await pool.promise().end();
    await database.remove();
  });
  await migrate(database);
  await storage.migrate();
  return { database, storage, pool };
}

export interface Rival {
  query(text: string): Promise<unknown>;
  /** Gives up what it has locked. */
  end(): Promise<void>;
}

/** Another program on the same database, in the middle of a transaction. */
export async function openRival({ url }: MysqlDatabase): Promise<Rival> {
  const connection = await createConnection({ uri: url });
  let is_over = false;
  const rival: Rival = {
    query: async (text) => (await connection.query(text))[0],
    async end() {
      if (is_over) return;
      is_over = true;
      await connection.query('rollback');
      await connection.end();
    },
  };
  onTestFinished(rival.end);
  await rival.query('start transaction');
  return rival;
}

/** The numbers of the errors by which the server has refused connections and statements since, as the driver heard. */
export function watchErrors(): number[] {
  const numbers: number[] = [];
  const note = (message: unknown): void => {
    const { error } = message as { error?: { errno?: number } };
    if (error?.errno !== undefined) numbers.push(error.errno);
  };
  for (const what of ['query', 'pool:connect']) {
    const channel = `tracing:mysql2:${what}:error`;
    subscribe(channel, note);
    onTestFinished(() => void unsubscribe(channel, note));
  }
  return numbers;
}

/** Looks until it is so. */
export async function until(is_so: () => boolean): Promise<void> {
  while (!is_so()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Resolves when so many statements on the database wait for a lock. */
export async function untilWaiting({ sql, name }: MysqlDatabase, count: number): Promise<void> {
  for (;;) {
    // The server makes this table anew only when nobody has read it for 100 ms.
    await new Promise((resolve) => setTimeout(resolve, 120));
    const rows = await sql(
      `select 1 from information_schema.innodb_trx join information_schema.processlist on id = trx_mysql_thread_id
       where trx_state = 'LOCK WAIT' and db = ?`,
      [name],
    );
    if (rows.length >= count) return;
  }
}
