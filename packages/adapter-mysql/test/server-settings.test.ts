import { once } from 'node:events';
import { StorageError } from '@dialect/core';
import type { SqlConnection } from '@dialect/storage-sql';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createPrivateMysql, describePrivateMysql, type PrivateMysql } from '../../../tests/support/private-mysql.js';
import { people } from '../../core/src/testing/storage/world.js';
import { checkServer } from '../src/check-server.js';
import { mysql } from '../src/index.js';

/** A connection to a server of which only the version is not as it should be. */
function serverOf(version: string): SqlConnection {
  const settings = {
    flush: 1,
    log_bin: 0,
    sync_binlog: 0,
    sql_mode: 'STRICT_TRANS_TABLES',
    charset: 'utf8mb4',
    autocommit: 1,
    read_only: 0,
  };
  return { execute: () => ({ rows: [{ version, ...settings }], insert_id: 0, affected: 0 }) };
}

describe('the version of the server', () => {
  it.each(['5.7.44', '5.5.5', '8.0.11', '8.0.16-log', '10.5.9-MariaDB', '10.2.44-MariaDB-log', 'unheard of'])(
    '%s is too old',
    async (version) => {
      const check = checkServer(serverOf(version), 'refuse');
      await expect(check).rejects.toThrow(StorageError);
      await expect(check).rejects.toThrow(`${version}; ${/maria/i.test(version) ? '10.6.0' : '8.0.17'} is the oldest`);
    },
  );

  it.each([
    '8.0.17',
    '8.0.36-28.1',
    '8.4.3',
    '9.7.4-2',
    '10.6.0-MariaDB',
    '10.11.19-MariaDB-0+deb12u1',
    '11.8.2-MariaDB-ubu2404',
    '12.0.2-MariaDB',
  ])('%s will do', async (version) => {
    await checkServer(serverOf(version), 'refuse');
  });
});

describePrivateMysql('a server', () => {
  let server: PrivateMysql;
  let url: string;

  beforeAll(async () => {
    server = await createPrivateMysql('--log-bin=binary', '--server-id=1', '--sync-binlog=1');
    url = `${server.url}/settings`;
  }, 60_000);

  afterAll(() => server?.remove());

  beforeEach(async () => {
    await server.sql('set global innodb_flush_log_at_trx_commit = 1');
    await server.sql('set global sync_binlog = 1');
    await server.sql('set global read_only = 0');
    await server.sql('create database if not exists settings');
  });

  function open(when_not_durable: 'refuse' | 'warn') {
    const storage = mysql({ url, when_not_durable });
    onTestFinished(() => storage.close());
    return storage;
  }

  it.each([
    ['innodb_flush_log_at_trx_commit', 0],
    ['innodb_flush_log_at_trx_commit', 2],
    ['sync_binlog', 0],
    ['sync_binlog', 100],
  ])('with %s = %i is refused, or started on with a warning', async (variable, value) => {
    await server.sql(`set global ${variable} = ${value}`);
    const refused = open('refuse').migrate();
    await expect(refused).rejects.toThrow(StorageError);
    await expect(refused).rejects.toThrow(new RegExp(`${variable}=${value}; set it to 1.*when_not_durable: 'warn'`));
    const storage = open('warn');
    const warned = once(process, 'warning');
    await storage.migrate();
    const [warning] = await warned;
    expect(warning).toMatchObject({ name: 'DialectWarning', message: expect.stringContaining(`${variable}=${value}`) });
    expect(await people(storage, 1)).toHaveLength(1);
  });

  it('that takes no writes is refused', async () => {
    await server.sql('set global read_only = 1');
    await expect(open('warn').migrate()).rejects.toThrow(/read-only/);
  });

  it('that keeps all promises is started on without a word', async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): unknown => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    await open('refuse').migrate();
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});
