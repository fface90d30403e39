import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Contestant } from './contestants.ts';

/**
 * Counts the stored messages through a connection of its own and compares them with what was acknowledged: a fast
 * server that loses or doubles messages has not won anything.
 */
export function checkRows(contestant: Contestant, folder: string, expected: number): void {
  if (contestant.store === undefined) return;
  const { file, table } = contestant.store;
  const database = new Database(join(folder, file), { readonly: true, fileMustExist: true });
  const rows = database.prepare(`select count(*) from ${table}`).pluck().get();
  database.close();
  if (rows !== expected) throw new Error(`${contestant.name}: ${expected} messages acknowledged, ${rows} rows stored`);
}
