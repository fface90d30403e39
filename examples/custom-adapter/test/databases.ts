import { sqlProbe, type TestDatabase } from '@dialect/core/testing';
import { Client } from 'pg';
import { describe } from 'vitest';
import { postgres } from '../index.js';

/** The server that tests may make databases on. */
const server = process.env.CUSTOM_ADAPTER_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const how = [
  'no PostgreSQL server answers at CUSTOM_ADAPTER_POSTGRES_URL (postgres://postgres@127.0.0.1:5432/postgres when not set).',
  'Start one, for example with "docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres".',
].join(' ');

export async function runOn(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function isThere(): Promise<boolean> {
  try {
    await runOn(server, 'select 1');
    return true;
  } catch (error) {
    // Where changes are judged, a test that did not run must not look like one that passed.
    if (process.env.CI) throw new Error(`These tests need a database: ${how}`, { cause: error });
    console.warn(`Skipped: ${how}`);
    return false;
  }
}

/** A `describe` for what needs the server: skipped on a newcomer's machine without one. */
export const describePostgres = describe.skipIf(!(await isThere()));

let made = 0;

/** An empty schema that nobody else uses: as good as a database, and made and removed in a moment. */
export async function createDatabase(): Promise<TestDatabase & { url: string }> {
  const name = `dialect_test_${process.pid}_${Date.now().toString(36)}_${++made}`;
  await runOn(server, `create schema ${name}`);
  const { href: url } = withSettings(server, { application_name: name, options: `-c search_path=${name}` });
  return {
    url,
    open: (options) => postgres({ url, ...options }),
    probe: sqlProbe((text) => runOn(url, text)),
    async remove() {
      const left = await openConnections(name);
      await runOn(server, `drop schema ${name} cascade`);
      if (left > 0) throw new Error(`${left} connections to ${name} were left open.`);
    },
  };
}

export function withSettings(url: string, settings: Record<string, string>): URL {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(settings)) changed.searchParams.set(name, value);
  return changed;
}

/** A connection that was closed stands in the server's list for a moment yet. */
async function openConnections(name: string): Promise<number> {
  for (let wait = 0; ; wait++) {
    const rows = await runOn(server, `select pid from pg_stat_activity where application_name = '${name}'`);
    if (rows.length === 0 || wait === 40) return rows.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
