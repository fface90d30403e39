import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, has_mysql } from '../../../tests/support/mysql.js';
import { openMysqlShop } from '../mysql-shop.js';
import type { ShopDatabase } from '../shop-database.js';
import { openSqliteShop } from '../sqlite-shop.js';

export interface TestShop {
  /** For SHOP_DATABASE. */
  where: string;
  remove(): Promise<void>;
}

export const open = (where: string): ShopDatabase =>
  where.startsWith('mysql:') ? openMysqlShop(where) : openSqliteShop(where);

async function createFile(): Promise<TestShop> {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-shop-'));
  return { where: join(folder, 'shop.db'), remove: async () => rmSync(folder, { recursive: true }) };
}

async function createOnServer(): Promise<TestShop> {
  const { url, remove } = await createDatabase();
  return { where: url, remove };
}

/** An empty database of each kind, for one test. */
export const shops: { name: string; create: () => Promise<TestShop> }[] = [
  { name: 'SQLite', create: createFile },
  ...(has_mysql ? [{ name: 'MySQL', create: createOnServer }] : []),
];
