import { createConnection } from 'mysql2/promise';
import { describe } from 'vitest';

/** The server that tests may make databases on. */
export const mysqlUrl = process.env.DIALECT_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306';

const how = [
  `no MySQL or MariaDB server answers at ${mysqlUrl.replace(/:[^:@/]*@/, ':***@')}.`,
  'Start one, for example with "docker run --rm -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb"',
  'or "apt-get install mariadb-server", or name another in DIALECT_TEST_MYSQL_URL.',
].join(' ');

async function isThere(): Promise<boolean> {
  try {
    await (await createConnection({ uri: mysqlUrl, connectTimeout: 3_000 })).end();
    return true;
  } catch (error) {
    // Where changes are judged, a test that did not run must not look like one that passed.
    if (process.env.CI) throw new Error(`These tests need a database: ${how}`, { cause: error });
    console.warn(`Skipped: ${how}`);
    return false;
  }
}

/** Null on a newcomer's machine without a server; in CI that is an error. */
export const has_mysql = await isThere();

/** A `describe` for what needs the server. */
export const describeMysql = describe.skipIf(!has_mysql);

/** Runs one statement, as the user who may make databases. */
export async function administrate(text: string, parameters: readonly unknown[] = []) {
  const connection = await createConnection({ uri: mysqlUrl });
  try {
    const [rows] = await connection.query(text, [...parameters]);
    return rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

let made = 0;

export interface MysqlDatabase {
  name: string;
  /** For `mysql()` and for DATABASE_URL. */
  url: string;
  /** Runs a statement in it. */
  sql(text: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** @throws when a connection to it was left open */
  remove(): Promise<void>;
}

/** An empty database that nobody else uses. */
export async function createDatabase(): Promise<MysqlDatabase> {
  const name = `dialect_test_${process.pid}_${Date.now().toString(36)}_${++made}`;
  await administrate(`create database ${name}`);
  const url = new URL(mysqlUrl);
  url.pathname = `/${name}`;
  const connection = await createConnection({ uri: url.href });
  return {
    name,
    url: url.href,
    async sql(text, parameters = []) {
      const [rows] = await connection.query(text, [...parameters]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    async remove() {
      await connection.end();
      const left = await openConnections(name);
      await administrate(`drop database ${name}`);
      if (left > 0) throw new Error(`${left} connections to ${name} were left open.`);
    },
  };
}

/** A closed connection stands in the server's list for a moment yet. */
async function openConnections(name: string): Promise<number> {
  for (let wait = 0; ; wait++) {
    const [row] = await administrate('select count(*) as n from information_schema.processlist where db = ?', [name]);
    const left = Number(row?.n);
    if (left === 0 || wait === 40) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
