import { sqlite } from '@dialect/adapter-sqlite';
import Sqlite, { type Database } from 'better-sqlite3';
import type { Order, ShopDatabase } from './shop-database.js';

export function openSqliteShop(path: string): ShopDatabase<Database> {
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  // better-sqlite3 leaves WAL databases at NORMAL, and with that an acknowledged message could go with the power.
  database.pragma('synchronous = FULL');
  return {
    storage: sqlite({ database, prefix: 'chat_' }),
    async createTables() {
      database.exec(
        'create table if not exists orders (id text primary key, customer_id text not null, what text not null)',
      );
    },
    async insertOrder(connection, { id, customer_id, what }) {
      connection.prepare('insert into orders (id, customer_id, what) values (?, ?, ?)').run(id, customer_id, what);
    },
    async hasOrder(connection, id) {
      return connection.prepare('select 1 from orders where id = ?').get(id) !== undefined;
    },
    async orders() {
      return database.prepare<[], Order>('select id, customer_id, what from orders').all();
    },
    async close() {
      database.close();
    },
  };
}
