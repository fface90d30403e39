import { StorageError } from '@dialect/core';
import type { SqlConnection } from '@dialect/storage-sql';

/** The oldest of each family: older ones lack a collation without padding, or are no longer maintained. */
const oldest = { MySQL: [8, 0, 17], MariaDB: [10, 6, 0] } as const;

const variables = {
  version: 'version()',
  flush: '@@innodb_flush_log_at_trx_commit',
  log_bin: '@@log_bin',
  sync_binlog: '@@sync_binlog',
  sql_mode: '@@session.sql_mode',
  charset: '@@session.character_set_client',
  read_only: '@@global.read_only',
};
type Found = Record<keyof typeof variables, unknown>;

/** @throws StorageError when this server, or the session that a host's pool gives us, cannot keep our promises */
export async function checkServer(connection: SqlConnection, when_not_durable: 'refuse' | 'warn'): Promise<void> {
  const list = Object.entries(variables).map(([name, expression]) => `${expression} as ${name}`);
  const { rows } = await connection.execute(`select ${list.join(', ')}`, []);
  const found = rows[0] as Found;
  const problem = problemOf(found);
  if (problem) throw new StorageError(problem);
  const risk = riskOf(found);
  if (risk === null) return;
  const text = `${risk}, so a power cut could take acknowledged messages with it.`;
  if (when_not_durable === 'refuse') throw new StorageError(`${text} Or accept that with when_not_durable: 'warn'.`);
  process.emitWarning(text, 'DialectWarning');
}

function problemOf({ version, sql_mode, charset, read_only }: Found): string | null {
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
  if (Number(read_only) === 1) return 'The server is read-only (a replica?); it has to take writes.';
  return null;
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
