import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Store } from './store.ts';

/** A file in the trial's folder, with which it is removed. */
export function sqliteFile(file: string, table: string): Store {
  return {
    create: async (folder) => ({
      settings: {},
      async count() {
        const database = new Database(join(folder, file), { readonly: true, fileMustExist: true });
        try {
          return database.prepare<[], number>(`select count(*) from ${table}`).pluck().get() ?? 0;
        } finally {
          database.close();
        }
      },
      async remove() {},
    }),
  };
}
