import { type CompiledQuery, DummyDriver, Kysely, type QueryCompiler } from 'kysely';
import { PrefixPlugin } from './prefix-plugin.js';
import type { Schema } from './schema.js';
import type { SqlConnection, SqlResult } from './sql-database.js';
import type { SqlDialect } from './sql-dialect.js';

type Compilable<Row> = { compile(): CompiledQuery<Row> };
type Written = Pick<SqlResult, 'insert_id' | 'affected'>;

/** Stands for a value that each run brings: of the values, or of the item at `index` of the list. */
class Parameter {
  constructor(
    readonly name: string,
    readonly index: number | null = null,
  ) {}
}

/** A query that was written once in Kysely and compiled once; runs differ in their values only. */
export interface Statement<V extends object, Row> {
  all(connection: SqlConnection, values: V): Promise<Row[]>;
  first(connection: SqlConnection, values: V): Promise<Row | null>;
  run(connection: SqlConnection, values: V): Promise<Written>;
}

/** The same for any number of rows at once, compiled once for each number. */
export interface RowsStatement<R extends object, Row> {
  all(connection: SqlConnection, rows: readonly R[]): Promise<Row[]>;
  run(connection: SqlConnection, rows: readonly R[]): Promise<Written>;
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
   * The same for any number of keys: in pieces, each compiled once for its power of two, the rest of the places filled
   * with the last key. Rows come piece by piece, so only those of one key keep the order that the query gives them.
   * A key that is there twice counts once. No keys: no rows, and nothing is run.
   */
  listStatement<K extends number | string, V extends object, Row>(
    build: (db: Kysely<Schema>, keys: K[], values: V) => Compilable<Row>,
  ): (connection: SqlConnection, keys: readonly K[], values: V) => Promise<Row[]>;
  /** The same for rows of values; the caller keeps their number small. */
  rowsStatement<R extends object, Row>(
    build: (db: Kysely<Schema>, rows: R[]) => Compilable<Row>,
  ): RowsStatement<R, Row>;
  /** A query that runs seldom. */
  all<Row>(connection: SqlConnection, query: Compilable<Row>): Promise<Row[]>;
}

/** Keys in one statement. SQLite takes 32,766 parameters, others 65,535, and a text of that length is slow to parse. */
const keys_per_statement = 1_024;

type Values = Readonly<Record<string, unknown>>;

export function createSql(dialect: SqlDialect, prefix: string): Sql {
  const db = createKysely(dialect.createQueryCompiler(), prefix);

  /** What `fill` says of each placeholder stands in its place. */
  function compile(query: Compilable<unknown>) {
    const { sql, parameters } = query.compile();
    return (connection: SqlConnection, fill: (parameter: Parameter) => unknown) =>
      connection.execute(
        sql,
        parameters.map((parameter) => (parameter instanceof Parameter ? fill(parameter) : parameter)),
      );
  }

  return {
    dialect,
    db,

    statement<V extends object, Row>(build: (builder: Kysely<Schema>, values: V) => Compilable<Row>) {
      const execute = compile(build(db, placeholders<V>()));
      const run = (connection: SqlConnection, values: V) => execute(connection, ({ name }) => (values as Values)[name]);
      return {
        all: async (connection, values) => (await run(connection, values)).rows as Row[],
        first: async (connection, values) => ((await run(connection, values)).rows[0] ?? null) as Row | null,
        run: async (connection, values) => run(connection, values),
      } satisfies Statement<V, Row>;
    },

    listStatement<K extends number | string, V extends object, Row>(
      build: (builder: Kysely<Schema>, keys: K[], values: V) => Compilable<Row>,
    ) {
      const bySize = memoize((size) =>
        compile(build(db, upTo(size, (index) => new Parameter('', index)) as never[], placeholders<V>())),
      );
      return async (connection: SqlConnection, keys: readonly K[], values: V) => {
        const pieces: Row[][] = [];
        // A key in two pieces would give its rows twice.
        for (const piece of inChunks([...new Set(keys)], keys_per_statement)) {
          const last = piece.length - 1;
          const { rows } = await bySize(2 ** Math.ceil(Math.log2(piece.length)))(connection, ({ name, index }) =>
            index === null ? (values as Values)[name] : piece[Math.min(index, last)],
          );
          pieces.push(rows as Row[]);
        }
        return pieces.flat();
      };
    },

    rowsStatement<R extends object, Row>(build: (builder: Kysely<Schema>, rows: R[]) => Compilable<Row>) {
      const bySize = memoize((size) =>
        compile(
          build(
            db,
            upTo(size, (index) => placeholders<R>(index)),
          ),
        ),
      );
      const run = (connection: SqlConnection, rows: readonly R[]) =>
        bySize(rows.length)(connection, ({ name, index }) => (rows[index as number] as Values)[name]);
      return {
        all: async (connection, rows) => (await run(connection, rows)).rows as Row[],
        run: async (connection, rows) => run(connection, rows),
      } satisfies RowsStatement<R, Row>;
    },

    async all(connection, query) {
      const { sql, parameters } = query.compile();
      return (await connection.execute(sql, parameters)).rows as never;
    },
  };
}

/** An object whose every property is the placeholder of that name. */
function placeholders<V extends object>(index: number | null = null): V {
  return new Proxy({}, { get: (_, name) => new Parameter(String(name), index) }) as V;
}

function upTo<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: size }, (_, index) => make(index));
}

/** Pieces of at most so many items. */
export function inChunks<T>(items: readonly T[], size: number): T[][] {
  return upTo(Math.ceil(items.length / size), (index) => items.slice(index * size, (index + 1) * size));
}

function memoize<T>(make: (size: number) => T): (size: number) => T {
  const made = new Map<number, T>();
  return (size) => {
    let known = made.get(size);
    if (known === undefined) {
      known = make(size);
      made.set(size, known);
    }
    return known;
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
