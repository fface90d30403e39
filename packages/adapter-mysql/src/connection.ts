import type { SqlConnection, SqlResult } from '@dialect/storage-sql';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';

/**
 * One connection of a pool. Text protocol: prepared statements were no faster, and send every number as a double, which
 * MySQL refuses in `limit`. The settings that a host's pool may have otherwise are given with each query.
 */
export function createConnection(connection: PoolConnection, statement_timeout_ms: number): SqlConnection {
  return {
    execute: (sql, values) =>
      new Promise<SqlResult>((resolve, reject) => {
        const query = {
          sql,
          values: values as unknown[],
          // A server that hangs is as good as none. The connection is of no use after that, and is not used.
          timeout: statement_timeout_ms,
          rowsAsArray: false,
          nestTables: false as const,
          typeCast: true,
          namedPlaceholders: false,
          stringifyObjects: true,
        };
        connection.query<RowDataPacket[] | ResultSetHeader>(query, (error, result) => {
          if (error) reject(error);
          else if (Array.isArray(result)) resolve({ rows: result, insert_id: 0, affected: 0 });
          else resolve({ rows: [], insert_id: result.insertId, affected: result.affectedRows });
        });
      }),
  };
}
