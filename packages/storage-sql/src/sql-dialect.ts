import type {
  ColumnDataType,
  CreateTableBuilder,
  Expression,
  QueryCompiler,
  RawBuilder,
  SelectQueryBuilder,
} from 'kysely';

type DataType = ColumnDataType | RawBuilder<unknown>;

/** Everything in which databases differ, as data: a query whose text must differ elsewhere is a design error. */
export interface SqlDialect {
  createQueryCompiler(): QueryCompiler;
  types: {
    /** Ids and other integers below 2^53, times in milliseconds among them. */
    integer: DataType;
    /** Text of at most so many characters that is compared byte by byte, trailing spaces included. */
    key(length: number): DataType;
    /** Text for people, of at most so many characters. */
    text(length: number): DataType;
    /** Text or sealed bytes of up to 16 MiB. */
    content: DataType;
  };
  /**
   * Adds the column `id`: an integer that is never given out twice. `order` names other columns by which rows are read
   * together: a unique key, and the order on disk where a table has one of its own choice.
   */
  generatedId<C extends string>(
    table: CreateTableBuilder<string, C>,
    order?: { name: string; columns: C[] },
  ): CreateTableBuilder<string, C>;
  /** What stands after the columns of a table: engine, character set. */
  finishTable<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
  /** Locks the rows that are read, where the database does not lock the whole of itself for a writer. */
  forUpdate<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Whether the text holds the other one. @default `instr` */
  contains?(text: Expression<string>, part: string): RawBuilder<boolean>;
  /** Strings as the driver returns them from a content column. */
  readContent(value: unknown): string;
  /** The columns or the name of the unique key that an error complains of; null for any other error. */
  violatedKey(error: unknown): string | null;
  /** Whether an error says that a table is not there; not that it may not be read, nor anything about the way to it. */
  isMissingTable(error: unknown): boolean;
  /**
   * Where each change of the schema commits by itself: whether an error says that it was made before. Null where a
   * migration is one transaction.
   */
  isSchemaErrorOfRepeat: ((error: unknown) => boolean) | null;
  /** Rows in one insert: 1 where a statement costs next to nothing, more where each is a message over a network. */
  rows_per_insert: number;
  batching: { scope: 'database' | 'chat'; max: number };
}
