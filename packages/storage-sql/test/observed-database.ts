import type { SqlConnection, SqlDatabase, SqlDialect } from '@dialect/storage-sql';
import type { Migration } from '../src/migrations/migration.js';
import { createSql } from '../src/statement.js';

/** The texts of the statements of the migrations, each with the name that `observe` tells it by. */
export function statementsOf(migrations: readonly Migration[], dialect: SqlDialect): Map<string, string> {
  const { db } = createSql(dialect, 'dialect_');
  const tools = { db, dialect, named: (name: string) => `dialect_${name}` };
  return new Map(
    migrations.flatMap((migration) =>
      migration
        .statements(tools)
        .map((statement, index): [string, string] => [statement.compile().sql, `${migration.name}/${index}`]),
    ),
  );
}

/** Where a process that migrates can be killed, in the order in which an uninterrupted one comes by. */
export function boundariesOf(migrations: readonly Migration[], dialect: SqlDialect): string[] {
  const names = [...statementsOf(migrations, dialect).values()];
  return migrations.flatMap(({ name }) => {
    const own = names.filter((one) => one.startsWith(`${name}/`));
    const alone = dialect.isSchemaErrorOfRepeat ? ['before', 'after', 'committed'] : ['before', 'after'];
    const statements = own.flatMap((one) => alone.map((when) => `${when} ${one}`));
    return [...statements, ...['before', 'after', 'committed'].map((when) => `${when} ${name} recorded`)];
  });
}

/** Passes every boundary to `onBoundary`, and goes on when that is done. */
export function observe(
  database: SqlDatabase,
  migrations: readonly Migration[],
  onBoundary: (boundary: string) => Promise<void>,
): SqlDatabase {
  const names = statementsOf(migrations, database.dialect);
  const nameOf = (sql: string, parameters: readonly unknown[]) =>
    /^insert into .dialect_migrations\W/.test(sql) ? `${parameters[0]} recorded` : names.get(sql);

  return {
    ...database,
    async write(work) {
      let last: string | undefined;
      const watch = (connection: SqlConnection): SqlConnection => ({
        async execute(sql, parameters) {
          const name = nameOf(sql, parameters);
          if (name === undefined) return connection.execute(sql, parameters);
          await onBoundary(`before ${name}`);
          const result = await connection.execute(sql, parameters);
          await onBoundary(`after ${name}`);
          last = name;
          return result;
        },
      });
      const result = await database.write((connection, attempt) => work(watch(connection), attempt));
      if (last !== undefined) await onBoundary(`committed ${last}`);
      return result;
    },
  };
}
