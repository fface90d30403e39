import { administrate, checkMysqlServer } from './mysql-server.ts';
import type { Store } from './store.ts';

/** By name, when it was there: what is dropped before it was made would come to stay. */
const made = new Map<string, Promise<unknown>>();
let number = 0;

/** A database on a server that is there anyway. */
export function mysqlDatabase(table: string): Store {
  return {
    check: checkMysqlServer,
    async create() {
      const name = `dialect_bench_${process.pid}_${Date.now().toString(36)}_${++number}`;
      const making = administrate(`create database ${name}`);
      made.set(name, making);
      await making;
      return {
        settings: { mysql_database: name },
        count: async () => Number((await administrate(`select count(*) as n from ${name}.${table}`))[0]?.n),
        remove: () => remove(name),
      };
    },
  };
}

/** For the end of the run, however it comes. */
export async function removeDatabases(): Promise<void> {
  await Promise.all([...made.keys()].map(remove));
}

async function remove(name: string): Promise<void> {
  await made.get(name)?.catch(() => {});
  await administrate(`drop database if exists ${name}`);
  made.delete(name);
}
