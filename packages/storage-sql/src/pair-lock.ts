import { pairKey } from './pair-key.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/**
 * Locks what two people share, in the order that every transaction keeps: their private chat if there is one, else both
 * user rows by ascending id. Opening a private chat, blocking and writing into it can then never interleave.
 */
export function createPairLock(sql: Sql) {
  const lockChat = sql.statement((db, v: { pair_key: string }) =>
    sql.dialect.forUpdate(db.selectFrom('chats').selectAll().where('pair_key', '=', v.pair_key)),
  );
  const lockUser = sql.statement((db, v: { id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('users').select('id').where('id', '=', v.id)),
  );

  /** The pair's chat, or null with both users locked: then nobody else can create one before the commit. */
  return async (connection: SqlConnection, a: number, b: number) => {
    const pair_key = pairKey(a, b);
    const chat = await lockChat.first(connection, { pair_key });
    if (chat) return chat;
    for (const id of a < b ? [a, b] : [b, a]) await lockUser.first(connection, { id });
    // Again: whoever held the users may just have created it.
    return lockChat.first(connection, { pair_key });
  };
}
