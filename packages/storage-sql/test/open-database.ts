import type { SqlDatabase } from '@dialect/storage-sql';
import Sqlite from 'better-sqlite3';
import { createPool } from '../../adapter-mysql/src/create-pool.js';
import { openMysql } from '../../adapter-mysql/src/mysql-database.js';
import { default_timeouts } from '../../adapter-mysql/src/options.js';
import { configure } from '../../adapter-sqlite/src/configure.js';
import { openSqlite } from '../../adapter-sqlite/src/sqlite-database.js';

/** The database under a storage, as its adapter opens it: by the URL of a server's, or the path of a file's. */
export function openDatabase(address: string): SqlDatabase {
  if (address.startsWith('mysql:')) {
    const pool = createPool({ url: address });
    return openMysql({ ...default_timeouts, pool, is_shared: false, when_not_durable: 'refuse' });
  }
  const writer = new Sqlite(address);
  configure(writer, 'full');
  return openSqlite({ writer, is_shared: false });
}
