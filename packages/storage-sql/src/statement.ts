import { type CompiledQuery, DummyDriver, Kysely, type QueryCompiler } from 'kysely';
import { PrefixPlugin } from './prefix-plugin.js';
import type { Schema } from './schema.js';
import type { SqlConnection } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';

type Compilable<Row> = { compile(): CompiledQuery<Row> };

/** Stands for a value that each run brings. */
class Parameter {
  constructor(readonly name: string) {}
}

/** A query that was written once in Kysely and compiled once; runs differ in their values only. */
export interface Statement<V extends object, Row> {
  all(connection: SqlConnection, values: V): Promise<Row[]>;
  first(connection: SqlConnection, values: V): Promise<Row | null>;
  run(connection: SqlConnection, values: V): Promise<{ insert_id: number; affected: number }>;
}

/** Kysely as the one way to write SQL. It compiles here and never runs: adapters run the text on their connections. */
export interface Sql {
  dialect: SqlDialect;
  db: Kysely<Schema>;
  /**
   * `values` in the builder are placeholders of their type. Compiling costs some ten microseconds, so what runs often
   * is declared once; a text that never changes also lets the driver keep its prepared statement.
   */
  statement<V extends object, Row>(build: (db: Kysely<Schema>, values: V) => Compilable<Row>): Statement<V, Row>;
  /** A query whose text depends on the input, such as a list of ids. */
  all<Row>(connection: SqlConnection, query: Compilable<Row>): Promise<Row[]>;
}

export function createSql(dialect: SqlDialect, prefix: string): Sql {
  const db = createKysely(dialect.createQueryCompiler(), prefix);
  const placeholders = new Proxy({}, { get: (_, name) => new Parameter(String(name)) });

  function statement<V extends object, Row>(
    build: (db: Kysely<Schema>, values: V) => Compilable<Row>,
  ): Statement<V, Row> {
    const { sql, parameters } = build(db, placeholders as V).compile();
    const bind = (values: V): unknown[] =>
      parameters.map((parameter) => (parameter instanceof Parameter ? values[parameter.name as keyof V] : parameter));
    return {
      all: async (connection, values) => (await connection.execute(sql, bind(values))).rows as Row[],
      first: async (connection, values) =>
        ((await connection.execute(sql, bind(values))).rows[0] ?? null) as Row | null,
      run: async (connection, values) => connection.execute(sql, bind(values)),
    };
  }

  return {
    dialect,
    db,
    statement,
    async all(connection, query) {
      const { sql, parameters } = query.compile();
      return (await connection.execute(sql, parameters)).rows as never;
    },
  };
}

function createKysely(compiler: QueryCompiler, prefix: string): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => ({}) as never,
      createDriver: () => new DummyDriver(),
      createIntrospector: () => ({}) as never,
      createQueryCompiler: () => compiler,
    },
    plugins: [new PrefixPlugin(prefix)],
  });
}
