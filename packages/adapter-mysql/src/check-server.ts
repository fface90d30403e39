import { StorageError } from '@dialect/core';
import type { SqlConnection } from '@dialect/storage-sql';
import type { ConnectionOptions } from 'mysql2';

/** The oldest of each family: older ones lack a collation without padding, or are no longer maintained. */
const oldest = { MySQL: [8, 0, 17], MariaDB: [10, 6, 0] } as const;

const variables = {
  version: 'version()',
  flush: '@@innodb_flush_log_at_trx_commit',
  log_bin: '@@log_bin',
  sync_binlog: '@@sync_binlog',
  sql_mode: '@@session.sql_mode',
  charset: '@@session.character_set_client',
  autocommit: '@@session.autocommit',
  read_only: '@@global.read_only',
};
type Found = Record<keyof typeof variables, unknown>;

/** @throws StorageError for a setting of a host's pool that no query of ours can switch off */
export function checkSettings({ queryFormat }: ConnectionOptions): void {
  if (queryFormat) throw new StorageError('The pool has a queryFormat, which would change our statements. Remove it.');
}

/** @throws StorageError when this server, or the session that a host's pool gives us, cannot keep our promises */
export async function checkServer(connection: SqlConnection, when_not_durable: 'refuse' | 'warn'): Promise<void> {
  const list = Object.entries(variables).map(([name, expression]) => `${expression} as ${name}`);
  const { rows } = await connection.execute(`select ${list.join(', ')}`, []);
  const found = rows[0] as Found;
  const problem = problemOf(found) ?? problemOfReading(await isolationOf(connection));
  if (problem) throw new StorageError(problem);
  const risk = riskOf(found);
  if (risk === null) return;
  const text = `${risk}, so a power cut could take acknowledged messages with it.`;
  if (when_not_durable === 'refuse') throw new StorageError(`${text} Or accept that with when_not_durable: 'warn'.`);
  process.emitWarning(text, 'DialectWarning');
}

function problemOf({ version, sql_mode, charset, autocommit, read_only }: Found): string | null {
  const family = /mariadb/i.test(String(version)) ? 'MariaDB' : 'MySQL';
  const least = oldest[family];
  if (isOlder(String(version), least))
    return `The server is ${family} ${version}; ${least.join('.')} is the oldest one that will do.`;
  const modes = String(sql_mode).split(',');
  if (!modes.includes('STRICT_TRANS_TABLES') && !modes.includes('STRICT_ALL_TABLES')) {
    return 'The session has no strict sql_mode: the server would cut what is too long. Add STRICT_TRANS_TABLES.';
  }
  if (modes.includes('NO_BACKSLASH_ESCAPES')) {
    return 'The session has the sql_mode NO_BACKSLASH_ESCAPES, with which mysql2 cannot quote safely. Remove it.';
  }
  if (charset !== 'utf8mb4') return `The session's character set is ${charset}; it has to be utf8mb4.`;
  if (Number(autocommit) !== 1) {
    return 'The session has autocommit = 0: what it reads would stay as it was at its first query. Set it to 1.';
  }
  // A number, and in the newest servers a word.
  if (!['0', 'OFF'].includes(String(read_only).toUpperCase()))
    return 'The server is read-only (a replica?); it has to take writes.';
  return null;
}

/** By the name that the server has for it. */
async function isolationOf(connection: SqlConnection): Promise<string> {
  const text = "show session variables where variable_name in ('transaction_isolation', 'tx_isolation')";
  const { rows } = await connection.execute(text, []);
  return String(rows[0]?.Value);
}

/** Our transactions have a level of their own; what is read outside of them has the session's. */
function problemOfReading(isolation: string): string | null {
  if (isolation !== 'READ-UNCOMMITTED') return null;
  return 'The session reads what is not committed. Give it another isolation level than READ UNCOMMITTED.';
}

function riskOf({ flush, log_bin, sync_binlog }: Found): string | null {
  if (Number(flush) !== 1 && Number(flush) !== 3) {
    return `The server does not flush at commit (innodb_flush_log_at_trx_commit=${flush}; set it to 1)`;
  }
  // After a crash InnoDB rolls back what it had prepared and the binary log does not know.
  if (Number(log_bin) === 1 && Number(sync_binlog) !== 1) {
    return `The server does not flush its binary log at commit (sync_binlog=${sync_binlog}; set it to 1)`;
  }
  return null;
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '').split('.').map(Number);
  const differing = least.findIndex((part, index) => part !== parts[index]);
  return differing >= 0 && (parts[differing] ?? 0) < (least[differing] as number);
}
