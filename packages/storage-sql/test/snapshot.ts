import type { Row, TestDatabase } from './databases.js';

/** Everything about the tables but their rows. */
export async function schemaOf({ kind, sql }: TestDatabase): Promise<Row[][]> {
  const parts: Row[][] = [];
  for (const text of kind.schema) parts.push(await sql(text));
  return parts;
}

export async function tablesOf({ kind, sql }: TestDatabase): Promise<string[]> {
  return (await sql(kind.tables)).map((row) => String(row.name));
}

/** The rows by their tables, each table's in an order that is always the same. Who migrates is no part of the data. */
export async function rowsOf(database: TestDatabase): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {};
  for (const table of await tablesOf(database)) {
    if (table === 'dialect_migration_lock') continue;
    rows[table] = sorted((await database.sql(`select * from ${table}`)).map(readable));
  }
  return rows;
}

/** What an older state had too: its tables, its rows, and of those its columns. */
export function asBefore(rows: Record<string, Row[]>, before: Record<string, Row[]>): Record<string, Row[]> {
  const pick = (row: Row, columns: readonly string[]) => Object.fromEntries(columns.map((name) => [name, row[name]]));
  return Object.fromEntries(
    Object.entries(before).map(([table, old]) => {
      const columns = Object.keys(old[0] ?? {});
      const known = new Set(old.map((row) => JSON.stringify(row)));
      const kept = (rows[table] ?? []).map((row) => pick(row, columns));
      return [table, sorted(kept.filter((row) => known.has(JSON.stringify(row))))];
    }),
  );
}

function sorted(rows: Row[]): Row[] {
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Contents come back as bytes or as text, whichever the driver likes. */
function readable(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('utf8') : value]),
  );
}
