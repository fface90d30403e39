import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeMysql, mysqlUrl } from '../../tests/support/mysql.js';
import { available } from '../available.ts';
import { contestants } from '../contestants.ts';
import { describeServer } from '../stores/mysql-server.ts';
import { closedPort } from './closed-port.ts';

const named = (...names: string[]) => contestants.filter(({ name }) => names.includes(name));
const namesOf = (some: readonly { name: string }[]) => some.map(({ name }) => name);

afterEach(() => vi.unstubAllEnvs());

describe('without a database server', () => {
  test('the run goes on with the others, and says how to start one', async () => {
    vi.stubEnv('DIALECT_BENCH_MYSQL_URL', `mysql://root:secret@127.0.0.1:${await closedPort()}`);
    const { able, remarks } = await available(named('dialect', 'dialect-mysql', 'relay'), false);
    expect(namesOf(able)).toEqual(['dialect', 'relay']);
    expect(remarks).toEqual([
      expect.stringMatching(/^Left out, dialect-mysql: .*docker run .*DIALECT_BENCH_MYSQL_URL/),
    ]);
    expect(remarks.join()).not.toContain('secret');
  });

  test('one that was asked for by name is an error of one line', async () => {
    vi.stubEnv('DIALECT_BENCH_MYSQL_URL', `mysql://root@127.0.0.1:${await closedPort()}`);
    const refused = available(named('dialect-mysql'), true);
    await expect(refused).rejects.toThrow(/^dialect-mysql: no MySQL or MariaDB server .* \(.*ECONNREFUSED.*\)[^\n]*$/);
  });

  test.each(['root:secret@nowhere', 'http://root:secret@nowhere', '//root:secret@nowhere'])(
    'a URL of another form is refused without being repeated: %s',
    async (url) => {
      vi.stubEnv('DIALECT_BENCH_MYSQL_URL', url);
      const { remarks } = await available(named('dialect-mysql'), false);
      expect(remarks).toEqual([expect.stringContaining('DIALECT_BENCH_MYSQL_URL does not have the form')]);
      expect(remarks.join()).not.toContain('secret');
    },
  );
});

describeMysql('with a database server', () => {
  test('its version and its flushing are told', async () => {
    vi.stubEnv('DIALECT_BENCH_MYSQL_URL', mysqlUrl);
    const { able, remarks } = await available(named('dialect', 'dialect-mysql'), true);
    expect(namesOf(able)).toEqual(['dialect', 'dialect-mysql']);
    expect(remarks).toEqual([expect.stringMatching(/^dialect-mysql: .*\d+\.\d+.*innodb_flush_log_at_trx_commit=[13]/)]);
  });
});

describe('a server that does not flush at every commit', () => {
  const sound = { version: '8.4.0', innodb_flush_log_at_trx_commit: 1, log_bin: 1, sync_binlog: 1 };

  test('is not measured', () => {
    for (const fault of [
      { innodb_flush_log_at_trx_commit: 0 },
      { innodb_flush_log_at_trx_commit: 2 },
      { sync_binlog: 0 },
    ])
      expect(() => describeServer('db:3306', { ...sound, ...fault })).toThrow(/does not flush at every commit/);
  });

  test('has neither a binary log that is off nor one more flush than it needs', () => {
    expect(describeServer('db:3306', sound)).toMatch(/^MySQL 8\.4\.0 at db:3306/);
    expect(describeServer('db:3306', { ...sound, log_bin: 0, sync_binlog: 0 })).toContain('log_bin=0');
    expect(describeServer('db:3306', { ...sound, innodb_flush_log_at_trx_commit: 3 })).toContain('commit=3');
  });
});
