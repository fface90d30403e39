import type { Members, UserRow } from '@dialect/core';
import type { ExpressionBuilder } from 'kysely';
import { createAdvance } from './advance-marks.js';
import type { Schema } from './schema.js';
import { createSettle } from './settle-member.js';
import type { Bindable } from './sql-database.js';
import type { Sql } from './statement.js';

type Pair = ExpressionBuilder<Schema & { one: Schema['members']; other: Schema['members'] }, 'one' | 'other'>;

/** Of two members, the first has not blocked the second. */
function noBlock({ not, exists, selectFrom }: Pair, blocker: 'one' | 'other', blocked: 'one' | 'other') {
  const block = selectFrom('blocks')
    .select('blocked_id')
    .whereRef('blocker_id', '=', `${blocker}.user_id`)
    .whereRef('blocked_id', '=', `${blocked}.user_id`);
  return not(exists(block));
}

export function createMembers(sql: Sql): Bindable<Members> {
  const get = sql.statement((db, v: { chat_id: number; user_id: number }) =>
    db.selectFrom('members').selectAll().where('chat_id', '=', v.chat_id).where('user_id', '=', v.user_id),
  );
  const standings = sql.statement((db, v: { chat_id: number }) =>
    db
      .selectFrom('members')
      .innerJoin('chats', 'chats.id', 'members.chat_id')
      .select([
        'user_id',
        'joined_seq',
        'read_seq',
        'delivered_seq',
        'members.cleared_seq',
        'hidden_count',
        'chats.rev as chat_rev',
      ])
      .where('chat_id', '=', v.chat_id)
      .where('left_at', 'is', null),
  );
  const present = sql.listStatement((db, ids: number[]) =>
    db
      .selectFrom('members')
      .selectAll()
      .where('chat_id', 'in', ids)
      .where('left_at', 'is', null)
      .orderBy('chat_id')
      .orderBy('joined_at')
      .orderBy('rev')
      .orderBy('user_id'),
  );
  const profiles = sql.listStatement((db, ids: number[]) =>
    db
      .selectFrom('users')
      .selectAll()
      .where('id', 'in', db.selectFrom('members').select('user_id').where('chat_id', 'in', ids)),
  );

  const peers = sql.listStatement((db, user_ids: number[]) =>
    db
      .selectFrom('members as one')
      .innerJoin('chats', 'chats.id', 'one.chat_id')
      .innerJoin('members as other', 'other.chat_id', 'chats.id')
      .select(['one.user_id', 'other.user_id as peer_id'])
      .where('one.user_id', 'in', user_ids)
      .whereRef('other.user_id', '<>', 'one.user_id')
      .where('chats.chat_type', '=', 'private')
      .where((eb) => noBlock(eb, 'one', 'other'))
      .where((eb) => noBlock(eb, 'other', 'one')),
  );

  const bindAdvance = createAdvance(sql);
  const bindSettle = createSettle(sql);

  return (work) => ({
    get: (chat_id, user_id) => work.read((connection) => get.first(connection, { chat_id, user_id })),
    standings: (chat_id) => work.read((connection) => standings.all(connection, { chat_id })),

    async of(chat_ids) {
      const [members, users] = await work.read(
        async (connection) =>
          [
            await present(connection, chat_ids, {}),
            // The departed too: somebody may leave between the two queries, and their row above still needs its profile.
            await profiles(connection, chat_ids, {}),
          ] as const,
      );
      const byId = new Map(users.map((user) => [user.id, user]));
      return members.map((member) => ({ ...member, user: byId.get(member.user_id) as UserRow }));
    },

    peersOf: (user_ids) => work.read((connection) => peers(connection, user_ids, {})),

    advance: bindAdvance(work),
    settle: bindSettle(work),
  });
}
