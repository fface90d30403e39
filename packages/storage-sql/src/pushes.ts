import type { Pushes } from '@dialect/core';
import { createExpandPushes } from './expand-pushes.js';
import { readMetaText } from './read-message.js';
import type { Bindable, SqlConnection, SqlWork } from './sql-database.js';
import type { Sql } from './statement.js';
import { createTakePushes } from './take-pushes.js';

export function createPushes(sql: Sql): Bindable<Pushes> {
  const outbox = sql.statement((db, v: { limit: number }) =>
    db
      .selectFrom('push_outbox')
      .leftJoin('messages', (join) =>
        join.onRef('messages.chat_id', '=', 'push_outbox.chat_id').onRef('messages.seq', '=', 'push_outbox.seq'),
      )
      .selectAll('push_outbox')
      .select('messages.meta')
      .orderBy('push_outbox.chat_id')
      .orderBy('push_outbox.seq')
      .limit(v.limit),
  );
  const recipients = sql.statement((db, v: { chat_id: number; sender_id: number }) =>
    db
      .selectFrom('members')
      .select(['user_id', 'joined_seq', 'delivered_seq', 'cleared_seq', 'muted_until'])
      .where('chat_id', '=', v.chat_id)
      .where('user_id', '!=', v.sender_id)
      .where('left_at', 'is', null)
      .where(({ exists, selectFrom }) =>
        exists(selectFrom('devices').select('devices.id').whereRef('devices.user_id', '=', 'members.user_id')),
      )
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('blocks')
              .select('blocks.blocker_id')
              .whereRef('blocks.blocker_id', '=', 'members.user_id')
              .where('blocks.blocked_id', '=', v.sender_id),
          ),
        ),
      ),
  );
  type Waiting = { at: number };
  const hurry = sql.listStatement((db, user_ids: number[], v: Waiting) =>
    db
      .updateTable('pushes')
      .set({ due_at: v.at })
      .where('user_id', 'in', user_ids)
      .where('due_at', '>', v.at)
      .where('attempts', '=', 0),
  );
  const forget = sql.listStatement((db, user_ids: number[], v: Waiting) =>
    db.deleteFrom('pushes').where('user_id', 'in', user_ids).where('due_at', '>', v.at).where('attempts', '=', 0),
  );
  const bindExpand = createExpandPushes(sql);
  const bindTake = createTakePushes(sql);

  type Change = (connection: SqlConnection, user_ids: readonly number[], values: Waiting) => Promise<unknown>;
  /** For nobody there is nothing to write. */
  const change = async (work: SqlWork, user_ids: readonly number[], at: number, run: Change): Promise<void> => {
    if (user_ids.length === 0) return;
    await work.write(async (connection) => void (await run(connection, user_ids, { at })));
  };

  return (work) => ({
    outbox: (limit) =>
      work.read(async (connection) => {
        const rows = await outbox.all(connection, { limit });
        return rows.map((row) => ({ ...row, meta: readMetaText(sql, row.meta) }));
      }),
    recipients: (chat_id, sender_id) => work.read((connection) => recipients.all(connection, { chat_id, sender_id })),
    expand: bindExpand(work),
    ...bindTake(work),
    hurry: (user_ids, at) => change(work, user_ids, at, hurry),
    forget: (user_ids, at) => change(work, user_ids, at, forget),
  });
}
