import type { Credentials } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import type { Sql } from './statement.js';

export function createCredentials(sql: Sql): Bindable<Credentials> {
  const byLookup = sql.statement((db, v: { kind: string; lookup: string }) =>
    db
      .selectFrom('credentials')
      .select(['user_id', 'secret'])
      .where('kind', '=', v.kind)
      .where('lookup', '=', v.lookup),
  );
  const byUser = sql.statement((db, v: { kind: string; user_id: number }) =>
    db.selectFrom('credentials').select('lookup').where('user_id', '=', v.user_id).where('kind', '=', v.kind),
  );
  return (work) => ({
    find: (kind, lookup) => work.read((connection) => byLookup.first(connection, { kind, lookup })),
    lookupOf: (user_id, kind) =>
      work.read(async (connection) => (await byUser.first(connection, { kind, user_id }))?.lookup ?? null),
  });
}
