import type { SqlConnection, SqlResult } from '@dialect/storage-sql';
import type { PoolConnection, ResultSetHeader, RowDataPacket, TypeCast } from 'mysql2';
import { isLost, StatementTimeout } from './driver-errors.js';
import { drop } from './drop.js';

/**
 * One connection of a pool. Text protocol: prepared statements were no faster, and send every number as a double, which
 * MySQL refuses in `limit`. The settings that a host's pool may have otherwise are given with each query.
 */
export function createConnection(own: PoolConnection, statement_timeout_ms: number): SqlConnection {
  const { typeCast, supportBigNumbers, bigNumberStrings } = own.config;
  const is_awkward = typeof typeCast === 'function' || (supportBigNumbers && bigNumberStrings);
  const settings = {
    rowsAsArray: false,
    nestTables: false as const,
    typeCast: is_awkward ? castPlainly : true,
    namedPlaceholders: false,
  };

  return {
    async execute(sql, values) {
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<SqlResult>((resolve, reject) => {
          // A server that hangs is as good as none. Not the driver's own timeout: it outlives a connection that is lost.
          timer = setTimeout(() => reject(new StatementTimeout()), statement_timeout_ms);
          const query = { ...settings, sql, values: values as unknown[] };
          own.query<RowDataPacket[] | ResultSetHeader>(query, (error, result) => {
            if (error) reject(error);
            else if (Array.isArray(result)) resolve({ rows: result, insert_id: 0, affected: 0 });
            else resolve({ rows: [], insert_id: Number(result.insertId), affected: affectedBy(result) });
          });
        });
      } catch (error) {
        if (isLost(error)) drop(own, error);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Instead of a host's own cast, and of its wish to have integers as text, neither of which a query can switch off. */
const castPlainly: TypeCast = (field, next) => {
  if (field.type !== 'LONGLONG') return next();
  const text = field.string();
  return text === null ? null : Number(text);
};

/** Rows that were found. A host's pool may be told only of those that changed; the text, in any language, has both. */
function affectedBy({ info, affectedRows }: ResultSetHeader): number {
  return Number(/\d+/.exec(info)?.[0] ?? affectedRows);
}
