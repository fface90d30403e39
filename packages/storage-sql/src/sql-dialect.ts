import type {
  ColumnDataType,
  ColumnDefinitionBuilder,
  CreateTableBuilder,
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
    /** Text of at most so many characters that is compared byte by byte. */
    key(length: number): DataType;
    /** Text for people, of at most so many characters. */
    text(length: number): DataType;
    /** Text or sealed bytes of up to 16 MiB. */
    content: DataType;
  };
  /** An integer primary key that is never given out twice. */
  autoIncrement(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** What stands after the columns of a table: engine, character set. */
  finishTable<T extends string, C extends string>(table: CreateTableBuilder<T, C>): CreateTableBuilder<T, C>;
  /** Locks the rows that are read, where the database does not lock the whole of itself for a writer. */
  forUpdate<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Strings as the driver returns them from a content column. */
  readContent(value: unknown): string;
  /** The columns or the name of the unique key that an error complains of; null for any other error. */
  violatedKey(error: unknown): string | null;
  batching: { scope: 'database' | 'chat'; max: number };
}
