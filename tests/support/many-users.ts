import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';

/** Users with the usernames `user_1` to `user_<count>`, by raw inserts: seconds for a million. The tables must be there. */
export type InsertUsers = (count: number) => Promise<void>;

const rows_per_insert = 5_000;
const columns = 'username, username_key, first_name, search_key, public_key, urev, created_at';
const values = (name: string) => [name, name, 'A', `${name} a`, '', 0, 1];

export const insertIntoSqlite =
  (path: string): InsertUsers =>
  async (count) => {
    const database = new Database(path);
    const insert = database.prepare(`insert into dialect_users (${columns}) values (?, ?, ?, ?, ?, ?, ?)`);
    database.transaction(() => {
      for (let n = 1; n <= count; n++) insert.run(values(`user_${n}`));
    })();
    database.close();
  };

export const insertIntoMysql =
  (url: string): InsertUsers =>
  async (count) => {
    const connection = await createConnection({ uri: url });
    await connection.query('start transaction');
    for (let first = 1; first <= count; first += rows_per_insert) {
      const length = Math.min(rows_per_insert, count - first + 1);
      const rows = Array.from({ length }, (_, n) => values(`user_${first + n}`));
      await connection.query(`insert into dialect_users (${columns}) values ?`, [rows]);
    }
    await connection.query('commit');
    await connection.end();
  };
