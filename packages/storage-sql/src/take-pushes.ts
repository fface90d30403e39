import type { DuePush, Pushes, PushKey } from '@dialect/core';
import type { Bindable } from './sql-database.js';
import { inChunks, type Sql } from './statement.js';

/** Keys in one statement: each is a term of its condition, and databases bound how deep that may be. */
const keys_per_statement = 64;

/** Pushes are lent to one node at a time, and settled by it. */
export function createTakePushes(sql: Sql): Bindable<Pick<Pushes, 'take' | 'settle'>> {
  type Pair = Pick<PushKey, 'user_id' | 'chat_id'>;
  type Lock = Pair & { locked_until: number };
  const due = sql.statement((db, v: { at: number; limit: number }) =>
    db
      .selectFrom('pushes')
      .select(['user_id', 'chat_id'])
      .where('due_at', '<=', v.at)
      .where('locked_until', '<=', v.at)
      .orderBy('due_at')
      .limit(v.limit),
  );
  const lockDue = sql.statement((db, v: { at: number; limit: number }) =>
    sql.dialect.forUpdate(
      db
        .selectFrom('pushes')
        .select(['user_id', 'chat_id'])
        .where('due_at', '<=', v.at)
        .where('locked_until', '<=', v.at)
        .orderBy('due_at')
        .limit(v.limit),
    ),
  );
  const setLock = sql.rowsStatement((db, rows: Lock[]) =>
    db
      .updateTable('pushes')
      .set({ locked_until: (rows[0] as Lock).locked_until })
      .where((eb) =>
        eb.or(rows.map((row) => eb.and([eb('user_id', '=', row.user_id), eb('chat_id', '=', row.chat_id)]))),
      ),
  );
  const details = sql.rowsStatement((db, keys: Pair[]) =>
    db
      .selectFrom('pushes')
      .innerJoin('chats', 'chats.id', 'pushes.chat_id')
      .leftJoin('members', (join) =>
        join.onRef('members.chat_id', '=', 'pushes.chat_id').onRef('members.user_id', '=', 'pushes.user_id'),
      )
      .leftJoin('messages', (join) =>
        join.onRef('messages.chat_id', '=', 'pushes.chat_id').onRef('messages.seq', '=', 'pushes.seq'),
      )
      .leftJoin('blocks', (join) =>
        join.onRef('blocks.blocker_id', '=', 'pushes.user_id').onRef('blocks.blocked_id', '=', 'messages.sender_id'),
      )
      .leftJoin('hidden', (join) =>
        join
          .onRef('hidden.user_id', '=', 'pushes.user_id')
          .onRef('hidden.chat_id', '=', 'pushes.chat_id')
          .onRef('hidden.seq', '=', 'pushes.seq'),
      )
      .select([
        'pushes.user_id',
        'pushes.chat_id',
        'pushes.seq',
        'pushes.at',
        'pushes.due_at',
        'pushes.attempts',
        'pushes.device_ids',
        'members.rev as member_rev',
        'members.left_at',
        'members.delivered_seq',
        'members.cleared_seq',
        'members.muted_until',
        'blocks.blocked_id',
        'hidden.seq as hidden',
        'chats.chat_type',
        'chats.chat_name',
      ])
      .where((eb) =>
        eb.or(
          keys.map((key) => eb.and([eb('pushes.user_id', '=', key.user_id), eb('pushes.chat_id', '=', key.chat_id)])),
        ),
      ),
  );
  const remove = sql.rowsStatement((db, keys: PushKey[]) =>
    db
      .deleteFrom('pushes')
      .where((eb) =>
        eb.or(
          keys.map((key) =>
            eb.and([eb('user_id', '=', key.user_id), eb('chat_id', '=', key.chat_id), eb('seq', '=', key.seq)]),
          ),
        ),
      ),
  );
  type Postponed = PushKey & { due_at: number; attempts: number; device_ids: string | null };
  const postpone = sql.statement((db, v: Postponed) =>
    db
      .updateTable('pushes')
      .set({ due_at: v.due_at, attempts: v.attempts, device_ids: v.device_ids })
      .where('user_id', '=', v.user_id)
      .where('chat_id', '=', v.chat_id)
      .where('seq', '=', v.seq),
  );

  return (work) => ({
    async take({ at, until, limit }) {
      // Most looks find nothing, and need not wait for the database's writer.
      if ((await work.read((connection) => due.all(connection, { at, limit: 1 }))).length === 0) return [];
      return work.write(async (connection) => {
        const keys = await lockDue.all(connection, { at, limit });
        const taken: DuePush[] = [];
        for (const chunk of inChunks(keys, keys_per_statement)) {
          const locks = chunk.map((key) => ({ ...key, locked_until: until }));
          await setLock.run(connection, locks);
          for (const row of await details.all(connection, chunk)) taken.push(toPush(row));
        }
        return taken;
      });
    },

    settle: ({ done, later }) =>
      work.write(async (connection) => {
        for (const keys of inChunks(done, keys_per_statement)) await remove.run(connection, keys);
        for (const push of later) {
          await postpone.run(connection, { ...push, device_ids: push.device_ids && JSON.stringify(push.device_ids) });
        }
        const locks = [...done, ...later].map((key) => ({ ...key, locked_until: 0 }));
        for (const rows of inChunks(locks, keys_per_statement)) await setLock.run(connection, rows);
      }),
  });
}

/** A row together with what the joins found, of which they say null where there is nothing. */
interface Row
  extends Omit<DuePush, 'device_ids' | 'is_member' | 'delivered_seq' | 'cleared_seq' | 'is_blocked' | 'is_hidden'> {
  device_ids: string | null;
  member_rev: number | null;
  left_at: number | null;
  delivered_seq: number | null;
  cleared_seq: number | null;
  blocked_id: number | null;
  hidden: number | null;
}

function toPush({ member_rev, left_at, blocked_id, hidden, ...row }: Row): DuePush {
  return {
    ...row,
    device_ids: row.device_ids === null ? null : (JSON.parse(row.device_ids) as number[]),
    is_member: member_rev !== null && left_at === null,
    delivered_seq: row.delivered_seq ?? 0,
    cleared_seq: row.cleared_seq ?? 0,
    is_blocked: blocked_id !== null,
    is_hidden: hidden !== null,
  };
}
