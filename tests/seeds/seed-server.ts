import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { serve } from '../../packages/server-http/src/serve.js';
import { readSettings } from '../../packages/server-http/src/settings.js';
import { createDatabase, describeMysql } from '../support/mysql.js';

/** The reference server as `dialect serve` puts it together, on an empty database. Gone when the test ends. */
export type StartServer = (environment?: Record<string, string>) => Promise<{ url: string; socket_url: string }>;

async function start(environment: Record<string, string>) {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'dialect-seed-'));
  const server = await serve(readSettings({ PORT: '0', DATA_DIR, ...environment }));
  onTestFinished(async () => {
    await server.close();
    rmSync(DATA_DIR, { recursive: true, force: true });
  });
  return server;
}

/** The same tests on every database that the server knows. */
export function onEveryDatabase(name: string, tests: (startServer: StartServer) => void): void {
  describe(`${name}, on SQLite`, () => tests((environment) => start(environment ?? {})));
  describeMysql(`${name}, on MySQL or MariaDB`, () =>
    tests(async (environment) => {
      const database = await createDatabase();
      // Registered first, so that it is removed last.
      onTestFinished(() => database.remove());
      return start({ DATABASE_URL: database.url, ...environment });
    }),
  );
}
