import { mysql } from '@dialect/adapter-mysql';
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import type { Order, ShopDatabase } from './shop-database.js';

export function openMysqlShop(url: string): ShopDatabase<PoolConnection> {
  const pool = createPool({ uri: url, connectionLimit: 10 });
  return {
    storage: mysql({ pool, prefix: 'chat_' }),
    async createTables() {
      await pool.query(
        `create table if not exists orders
           (id varchar(64) primary key, customer_id varchar(255) not null, what varchar(255) not null)
           engine = InnoDB default character set utf8mb4 collate utf8mb4_bin`,
      );
    },
    async insertOrder(connection, { id, customer_id, what }) {
      await connection.query('insert into orders (id, customer_id, what) values (?, ?, ?)', [id, customer_id, what]);
    },
    async hasOrder(connection, id) {
      const [rows] = await connection.query<RowDataPacket[]>('select 1 from orders where id = ?', [id]);
      return rows.length > 0;
    },
    async orders() {
      const [rows] = await pool.query<(Order & RowDataPacket)[]>('select id, customer_id, what from orders');
      return rows;
    },
    close: () => pool.end(),
  };
}
