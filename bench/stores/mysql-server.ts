import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { mysqlServer } from './mysql-url.ts';

/** Milliseconds. A server that hangs must not hold up the end of the run. */
const patience = { connect_ms: 3_000, statement_ms: 30_000 };

/** Runs one statement on a connection of its own, as the user who may make databases. */
export async function administrate(sql: string): Promise<RowDataPacket[]> {
  const connection = await createConnection({ uri: mysqlServer().href, connectTimeout: patience.connect_ms });
  try {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: patience.statement_ms });
    await connection.end();
    return rows;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

export interface ServerVariables {
  version: string;
  innodb_flush_log_at_trx_commit: number;
  log_bin: number;
  sync_binlog: number;
}

/** The server's version and what it does at a commit; throws a sentence for the user when it is not there or cheats. */
export async function checkMysqlServer(): Promise<string> {
  const { host } = mysqlServer();
  const [variables] = await administrate(
    'select version() as version, @@innodb_flush_log_at_trx_commit as innodb_flush_log_at_trx_commit, @@log_bin as log_bin, @@sync_binlog as sync_binlog',
  ).catch((error: unknown) => {
    throw new Error(absence(host, error), { cause: error });
  });
  return describeServer(host, variables as ServerVariables);
}

/** Throws for a server that acknowledges what a power cut would take: it would win by breaking our promise. */
export function describeServer(host: string, { version, ...variables }: ServerVariables): string {
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const text = `${/mariadb/i.test(version) ? version : `MySQL ${version}`} at ${host}, ${settings.join(', ')}`;
  // MariaDB's 3 flushes once more than 1.
  const flushes = [1, 3].includes(variables.innodb_flush_log_at_trx_commit);
  if (flushes && (variables.log_bin === 0 || variables.sync_binlog === 1)) return text;
  throw new Error(`the server does not flush at every commit: ${text}.`);
}

function absence(host: string, error: unknown): string {
  return [
    `no MySQL or MariaDB server can be used at ${host} (${(error as Error).message || (error as { code: string }).code}).`,
    'Start one, for example with "docker run --rm -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb",',
    'or name another in DIALECT_BENCH_MYSQL_URL.',
  ].join(' ');
}
