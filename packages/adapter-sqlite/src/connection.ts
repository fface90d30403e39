import type { SqlConnection } from '@dialect/storage-sql';
import type { Database, Statement } from 'better-sqlite3';

/** Texts with lists of ids vary in length; the others are a few dozen. */
const kept_statements = 500;

/** A better-sqlite3 handle that keeps its prepared statements. It answers at once: the driver is synchronous. */
export function createConnection(database: Database): SqlConnection {
  const statements = new Map<string, Statement>();

  function prepare(sql: string): Statement {
    let statement = statements.get(sql);
    if (!statement) {
      // A host's handle may be set to answer with BigInts.
      statement = database.prepare(sql).safeIntegers(false);
      if (statements.size >= kept_statements) statements.delete(statements.keys().next().value as string);
      statements.set(sql, statement);
    }
    return statement;
  }

  return {
    execute(sql, parameters) {
      const statement = prepare(sql);
      if (statement.reader) {
        return { rows: statement.all(parameters) as Record<string, unknown>[], insert_id: 0, affected: 0 };
      }
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { rows: [], insert_id: Number(lastInsertRowid), affected: changes };
    },
  };
}
