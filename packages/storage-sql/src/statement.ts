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
  /**
   * The same for a list of ids: compiled once for each power of two, the rest of the places filled with the last id.
   * No ids: no rows, and nothing is run.
   */
  listStatement<V extends object, Row>(
    build: (db: Kysely<Schema>, ids: number[], values: V) => Compilable<Row>,
  ): (connection: SqlConnection, ids: readonly number[], values: V) => Promise<Row[]>;
  /** A query that runs seldom. */
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

  function listStatement<V extends object, Row>(
    build: (db: Kysely<Schema>, ids: number[], values: V) => Compilable<Row>,
  ): (connection: SqlConnection, ids: readonly number[], values: V) => Promise<Row[]> {
    const bySize = new Map<number, Statement<object, Row>>();
    const placesOf = (size: number): string[] => Array.from({ length: size }, (_, index) => `id_${index}`);
    return async (connection, ids, values) => {
      if (ids.length === 0) return [];
      const size = 2 ** Math.ceil(Math.log2(ids.length));
      const places = placesOf(size);
      let known = bySize.get(size);
      if (!known) {
        known = statement<object, Row>((builder, placed) =>
          build(
            builder,
            places.map((place) => placed[place as never]),
            placed as V,
          ),
        );
        bySize.set(size, known);
      }
      const placed = Object.fromEntries(places.map((place, index) => [place, ids[Math.min(index, ids.length - 1)]]));
      return known.all(connection, { ...values, ...placed });
    };
  }

  return {
    dialect,
    db,
    statement,
    listStatement,
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
