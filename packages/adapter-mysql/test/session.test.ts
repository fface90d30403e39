import type { RowDataPacket } from 'mysql2';
import { expect, it, onTestFinished } from 'vitest';
import { describeMysql } from '../../../tests/support/mysql.js';
import { upTo } from '../../core/src/testing/storage/world.js';
import { mysql } from '../src/index.js';
import { createCommitProxy } from './commit-proxy.js';
import { openStorage } from './test-storage.js';

describeMysql('a session of our own', () => {
  it('has what we rely on, on every connection', async () => {
    const { storage } = await openStorage({ connections: 3 });
    const names = ['autocommit', 'sql_mode', 'transaction_isolation', 'tx_isolation', 'innodb_lock_wait_timeout'];
    const sessions = upTo(3).map(() =>
      storage.transaction?.(async (_, connection) => {
        // All three are in use by then.
        await new Promise((resolve) => setTimeout(resolve, 50));
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

  it.each(['set session transaction', 'set session sql_mode'])('is not used when it refuses "%s"', async (setting) => {
    const { database } = await openStorage();
    const url = new URL(database.url);
    const proxy = await createCommitProxy({ host: url.hostname, port: Number(url.port) || 3306 });
    url.host = `127.0.0.1:${proxy.port}`;
    const storage = mysql({ url: url.href, reconnect_ms: 30 });
    onTestFinished(async () => {
      await storage.close();
      await proxy.close();
    });
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
});
