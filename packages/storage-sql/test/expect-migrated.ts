import { expect } from 'vitest';
import { createTestDatabase, type DatabaseKind, type Row, type TestDatabase } from './databases.js';
import { all } from './further-migrations.js';
import { createTestMigrator } from './migrators.js';
import { asBefore, rowsOf, schemaOf } from './snapshot.js';

const schemas = new Map<DatabaseKind, Row[][]>();

/** What all migrations make of an empty database when nothing comes between. */
async function wholeSchema(kind: DatabaseKind): Promise<Row[][]> {
  const known = schemas.get(kind);
  if (known) return known;
  const database = await createTestDatabase(kind);
  await createTestMigrator(database).up();
  const schema = await schemaOf(database);
  schemas.set(kind, schema);
  return schema;
}

/** Every statement is in effect, each once, and nothing is lost of the rows that the first state had. */
export async function expectMigrated(database: TestDatabase, before: Record<string, Row[]>): Promise<void> {
  expect(await schemaOf(database)).toEqual(await wholeSchema(database.kind));
  const rows = await rowsOf(database);
  expect(asBefore(rows, before)).toEqual(before);
  // One row for each chat that had messages by then.
  const chat_ids = new Set((before.dialect_messages ?? []).map(({ chat_id }) => Number(chat_id)));
  const counts: Record<number, number> = { 1: 3, 2: 2, 3: 1 };
  expect(rows.dialect_tallies).toEqual([...chat_ids].sort().map((chat_id) => ({ chat_id, messages: counts[chat_id] })));
  expect(rows.dialect_migrations?.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
  expect(await database.sql('select step from dialect_migration_lock')).toEqual([{ step: null }]);
}
