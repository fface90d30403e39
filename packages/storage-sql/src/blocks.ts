import type { Block, Blocks } from '@dialect/core';
import { createPairLock } from './pair-lock.js';
import type { Bindable, SqlConnection, SqlWork } from './sql-database.js';
import type { Sql } from './statement.js';

export function createBlocks(sql: Sql): Bindable<Blocks> {
  const lockPair = createPairLock(sql);
  const lockActor = createActorLock(sql);
  const find = sql.statement((db, v: Block) =>
    db.selectFrom('blocks').selectAll().where('blocker_id', '=', v.blocker_id).where('blocked_id', '=', v.blocked_id),
  );
  const insert = sql.statement((db, v: Block & { at: number }) =>
    db.insertInto('blocks').values({ blocker_id: v.blocker_id, blocked_id: v.blocked_id, created_at: v.at }),
  );
  const remove = sql.statement((db, v: Block) =>
    db.deleteFrom('blocks').where('blocker_id', '=', v.blocker_id).where('blocked_id', '=', v.blocked_id),
  );
  const list = sql.statement((db, v: { user_id: number; limit: number; offset: number }) =>
    db
      .selectFrom('blocks')
      .select('blocked_id')
      .where('blocker_id', '=', v.user_id)
      .orderBy('created_at', 'desc')
      .orderBy('blocked_id', 'desc')
      .limit(v.limit)
      .offset(v.offset),
  );
  const blockedBy = sql.listStatement((db, among: number[], v: { user_id: number }) =>
    db.selectFrom('blocks').select('blocked_id').where('blocker_id', '=', v.user_id).where('blocked_id', 'in', among),
  );
  const findBlockers = createFindBlockers(sql);
  const inPrivateChats = sql.listStatement((db, chat_ids: number[]) =>
    db
      .selectFrom('chats')
      .innerJoin('members as one', 'one.chat_id', 'chats.id')
      .innerJoin('members as other', 'other.chat_id', 'chats.id')
      .innerJoin('blocks', (join) =>
        join.onRef('blocks.blocker_id', '=', 'one.user_id').onRef('blocks.blocked_id', '=', 'other.user_id'),
      )
      .select(['chats.id as chat_id', 'blocks.blocker_id', 'blocks.blocked_id'])
      .where('chats.id', 'in', chat_ids)
      .where('chats.chat_type', '=', 'private'),
  );
  const change = (work: SqlWork, pair: Block, make: (connection: SqlConnection) => Promise<unknown>): Promise<void> =>
    work.write(async (connection) => {
      await lockPair(connection, pair.blocker_id, pair.blocked_id);
      // What the blocked person may do towards others too is decided under their own row.
      await lockActor(connection, pair.blocked_id);
      await make(connection);
    });

  return (work) => ({
    add: (block) =>
      change(work, block, async (connection) => (await find.first(connection, block)) ?? insert.run(connection, block)),
    remove: (block) => change(work, block, (connection) => remove.run(connection, block)),
    list: (page) =>
      work.read(async (connection) => (await list.all(connection, page)).map(({ blocked_id }) => blocked_id)),
    of: (user_id, among) =>
      work.read(async (connection) =>
        (await blockedBy(connection, among, { user_id })).map(({ blocked_id }) => blocked_id),
      ),
    blockersOf: (user_id, among) => work.read((connection) => findBlockers(connection, user_id, among)),
    inPrivateChats: (chat_ids) => work.read((connection) => inPrivateChats(connection, chat_ids, {})),
  });
}

/** Those of `among` who have blocked the user. */
export function createFindBlockers(sql: Sql) {
  const blockers = sql.listStatement((db, among: number[], v: { user_id: number }) =>
    db.selectFrom('blocks').select('blocker_id').where('blocked_id', '=', v.user_id).where('blocker_id', 'in', among),
  );
  return async (connection: SqlConnection, user_id: number, among: readonly number[]): Promise<number[]> =>
    (await blockers(connection, among, { user_id })).map(({ blocker_id }) => blocker_id);
}

/**
 * Locks somebody's row until the commit: they bring nobody into a group while they are being blocked, and the other way
 * round. Comes after the locks of chats, as everywhere. Marks lock members and then users, so somebody who comes back
 * into a group while they read there may have to be tried again.
 */
export function createActorLock(sql: Sql) {
  const lock = sql.statement((db, v: { id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('users').select('id').where('id', '=', v.id)),
  );
  return (connection: SqlConnection, user_id: number) => lock.first(connection, { id: user_id });
}
