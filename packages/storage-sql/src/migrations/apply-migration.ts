import type { SqlDatabase } from '../sql-database.js';
import type { SqlDialect } from '../sql-dialect.js';
import type { MigrationJournal } from './migration-journal.js';
import type { MigrationLock } from './migration-lock.js';

/** A migration as the texts of its statements. */
export interface CompiledMigration {
  name: string;
  texts: readonly string[];
}

/** Puts every statement in effect exactly once, also when a process before this one died in the middle. */
export async function applyMigration(
  { name, texts }: CompiledMigration,
  database: SqlDatabase,
  journal: MigrationJournal,
  lock: MigrationLock,
): Promise<void> {
  const isErrorOfRepeat = database.dialect.isSchemaErrorOfRepeat;
  if (isErrorOfRepeat) await applyOneByOne({ name, texts }, database, lock, isErrorOfRepeat);
  await database.write(async (connection, attempt) => {
    await lock.reach(connection, null);
    if (await journal.isRecorded(connection, attempt, name)) return;
    if (!isErrorOfRepeat) for (const text of texts) await connection.execute(text, []);
    await journal.record(connection, name);
  });
}

/**
 * Where each change of the schema commits by itself. The lock's row says which statement comes next, before it runs:
 * that one may have been made when its process died, and none after it was.
 */
async function applyOneByOne(
  { name, texts }: CompiledMigration,
  database: SqlDatabase,
  lock: MigrationLock,
  isErrorOfRepeat: NonNullable<SqlDialect['isSchemaErrorOfRepeat']>,
): Promise<void> {
  const stepOf = (index: number) => (index < 0 ? null : `${name}/${index}`);
  const resumed = texts.findIndex((_, index) => stepOf(index) === lock.resumed_step);
  for (const [index, text] of texts.entries()) {
    if (index < resumed) continue;
    let may_be_made = index === resumed;
    let refusal: unknown = null;

    const change = database.write(async (connection) => {
      // In the transaction that the change commits as it begins: until then nobody else can take the lock.
      await lock.reach(connection, stepOf(index));
      const is_repeat = may_be_made;
      may_be_made = true;
      try {
        await connection.execute(text, []);
      } catch (error) {
        if (is_repeat && isErrorOfRepeat(error)) return;
        if (!is_repeat) refusal = error;
        throw error;
      }
    });

    await change.catch(async (error: unknown) => {
      // Refused and not lost, so it was not made: what stands in its way is no work of ours, the next time neither.
      if (error === refusal) {
        await database.write((connection) => lock.reach(connection, stepOf(index - 1))).catch(() => undefined);
      }
      throw error;
    });
  }
}
