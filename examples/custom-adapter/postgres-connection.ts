import { MessengerError } from '@dialect/core';
import type { SqlConnection } from '@dialect/storage-sql';
import { type ClientBase, TypeOverrides, types } from 'pg';
import { codeOf } from './retry.js';

/** Of our own queries only: a bigint, which pg leaves as text because it may be beyond 2^53. Ours never are. */
const numbers = new TypeOverrides();
numbers.setTypeParser(types.builtins.INT8, Number);

/**
 * Strings travel as their bytes, which text takes as well as bytea. As text they would be read in bytea's own notation,
 * where a backslash begins an escape and NUL is an error.
 */
const asBytes = (value: unknown): unknown => (typeof value === 'string' ? Buffer.from(value) : value);

/** Text holds everything but NUL: that is the caller's mistake and not ours. Contents are bytes, and may. */
function explain(error: unknown): never {
  if (codeOf(error) !== '22021') throw error;
  throw new MessengerError('INVALID_INPUT', { message: 'Names and searches may not hold NUL.', cause: error });
}

/** Runs statements on one connection of the pool. */
export function createConnection(client: ClientBase): SqlConnection {
  return {
    async execute(text, parameters) {
      // "If not exists" does not wait for another one who creates the same table at this moment: it fails.
      if (text.startsWith('create table if not exists')) await client.query('select pg_advisory_xact_lock(3680221)');
      const values = parameters.map(asBytes);
      const query = client.query<Record<string, unknown>>({ text, values, types: numbers });
      const { rows, rowCount } = await query.catch(explain);
      return { rows, insert_id: Number(rows[0]?.id ?? 0), affected: rowCount ?? 0 };
    },
  };
}
