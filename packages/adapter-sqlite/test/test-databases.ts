import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlProbe, type TestDatabase } from '@dialect/core/testing';
import { createSqlStorage } from '@dialect/storage-sql';
import Sqlite from 'better-sqlite3';
import { configure } from '../src/configure.js';
import { sqlite } from '../src/index.js';
import { openSqlite } from '../src/sqlite-database.js';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'dialect-sqlite-'));
}

/** A database in a folder of its own. */
export function fileDatabase(): TestDatabase & { path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'chat.db');
  return {
    path,
    open: (options) => sqlite({ path, ...options }),
    probe: sqlProbe(async (text) => {
      const database = new Sqlite(path, { timeout: 5_000 });
      try {
        const statement = database.prepare<[], Record<string, unknown>>(text);
        if (statement.reader) return statement.all();
        statement.run();
        return [];
      } finally {
        database.close();
      }
    }),
    async remove() {
      const left = readdirSync(folder);
      rmSync(folder, { recursive: true });
      // SQLite removes its log and its index with the last connection: if they are there, one was never closed.
      if (left.length > 1) throw new Error(`A connection was left open: ${left.join(', ')}`);
    },
  };
}

/** The database under a storage of its own. */
export function openFile(path: string, synchronous: 'full' | 'normal' = 'full') {
  const writer = new Sqlite(path);
  configure(writer, synchronous);
  return openSqlite({ writer, is_shared: false });
}

/** A database that ends with its connection, which the statements of a test therefore share. */
export function memoryDatabase(): TestDatabase {
  const database = openFile(':memory:');
  return {
    open: () => createSqlStorage(database),
    probe: sqlProbe(async (text) => (await database.write(async (connection) => connection.execute(text, []))).rows),
    remove: async () => undefined,
  };
}
