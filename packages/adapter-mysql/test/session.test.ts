import { createPool, type RowDataPacket } from 'mysql2';
import { expect, it, onTestFinished } from 'vitest';
import { describeMysql } from '../../../tests/support/mysql.js';
import { upTo } from '../../core/src/testing/storage/world.js';
import { mysql } from '../src/index.js';
import { createCommitProxy } from './commit-proxy.js';
import { openStorage, until } from './test-storage.js';

describeMysql('a session', () => {
  it('of our own has what we rely on, on every connection', async () => {
    const { storage } = await openStorage({ connections: 3 });
    const names = ['autocommit', 'sql_mode', 'transaction_isolation', 'tx_isolation', 'innodb_lock_wait_timeout'];
    let begun = 0;
    const sessions = upTo(3).map(() =>
      storage.transaction?.(async (_, connection) => {
        begun += 1;
        await until(() => begun === 3);
        const [rows] = await connection.query<RowDataPacket[]>('show session variables where variable_name in (?)', [
          names,
        ]);
        const settings = new Map(rows.map((row) => [row.Variable_name, row.Value]));
        const [charsets] = await connection.query<RowDataPacket[]>(
          'select @@character_set_client as client, @@collation_connection as collation',
        );
        return { id: connection.threadId, settings, charset: charsets[0] };
      }),
    );
    const found = await Promise.all(sessions);
    expect(new Set(found.map((one) => one?.id)).size).toBe(3);
    for (const one of found) {
      expect(one?.settings.get('transaction_isolation') ?? one?.settings.get('tx_isolation')).toBe('READ-COMMITTED');
      expect(one?.settings.get('sql_mode')).toBe('STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION');
      expect(one?.settings.get('innodb_lock_wait_timeout')).toBe('10');
      expect(one?.charset).toEqual({ client: 'utf8mb4', collation: 'utf8mb4_bin' });
    }
  });

  async function openBehindProxy(options: { is_shared?: boolean; reconnect_ms?: number }) {
    const { database } = await openStorage();
    const url = new URL(database.url);
    const proxy = await createCommitProxy({ host: url.hostname, port: Number(url.port) || 3306 });
    url.host = `127.0.0.1:${proxy.port}`;
    const pool = createPool({ uri: url.href });
    const { is_shared, reconnect_ms = 10_000 } = options;
    const storage = mysql({ ...(is_shared ? { pool } : { url: url.href }), reconnect_ms });
    onTestFinished(async () => {
      await storage.close();
      await pool.promise().end();
      await proxy.close();
    });
    return { storage, proxy };
  }

  it.each(['set session transaction', 'set session sql_mode'])('is not used when it refuses "%s"', async (setting) => {
    const { storage, proxy } = await openBehindProxy({ reconnect_ms: 30 });
    proxy.garble(setting);
    const user = { external_id: 'ann', at: 1 };
    await expect(storage.users.get([1])).rejects.toMatchObject({ name: 'MessengerError', code: 'BUSY' });
    await expect(storage.users.upsert(user)).rejects.toMatchObject({ name: 'MessengerError', code: 'BUSY' });
    expect(proxy.statements).toContainEqual(expect.stringContaining(setting));
    expect(proxy.statements.filter((text) => !text.startsWith('set session'))).toEqual([]);
    proxy.garble('nothing');
    expect(await storage.users.upsert(user)).toMatchObject({ external_id: 'ann' });
    expect(proxy.statements).toContain('start transaction');
  });

  it.each([false, true])('may be taken away by the server at any time (of a host’s pool: %s)', async (is_shared) => {
    const { storage, proxy } = await openBehindProxy({ is_shared });
    await storage.ping();
    proxy.dismiss();
    await storage.ping();
    const lost = storage.transaction?.(async ({ users }) => {
      proxy.dismiss();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await users.get([1]);
    });
    await expect(lost).rejects.toMatchObject({ name: 'MessengerError', code: 'BUSY' });
    await storage.ping();
  });
});
