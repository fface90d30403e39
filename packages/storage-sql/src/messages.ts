import type { MessageRow, Messages } from '@dialect/core';
import { createHidden } from './hidden.js';
import { createQuotes } from './quotes.js';
import { readMessage } from './read-message.js';
import { createScrub } from './scrub.js';
import type { Bindable, SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

export function createMessages(sql: Sql): Bindable<Messages> {
  type Page = { chat_id: number; floor_seq: number; edge_seq: number; limit: number; offset: number };
  type Kinds = { without_system: boolean; has_hidden: boolean };
  const addQuotes = createQuotes(sql);
  const bindHidden = createHidden(sql);
  const scrub = createScrub(sql);

  const visible = (
    db: Sql['db'],
    v: Page & { hidden_from: number | undefined },
    { without_system, has_hidden }: Kinds,
  ) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>', v.floor_seq)
      .where('deleted_at', 'is', null)
      .$if(without_system, (query) => query.where('message_type', '<>', 'system'))
      .$if(has_hidden, (query) =>
        query.where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('hidden')
                .select('hidden.seq')
                .where('hidden.user_id', '=', v.hidden_from as number)
                .whereRef('hidden.chat_id', '=', 'messages.chat_id')
                .whereRef('hidden.seq', '=', 'messages.seq'),
            ),
          ),
        ),
      )
      .limit(v.limit)
      .offset(v.offset);
  // A text each, because what is left out is part of it: most readers have hidden nothing, and ask nothing about it.
  const pages = (without_system: boolean, has_hidden: boolean) => ({
    older: sql.statement((db, v: Page & { hidden_from: number | undefined }) =>
      visible(db, v, { without_system, has_hidden }).where('seq', '<', v.edge_seq).orderBy('seq', 'desc'),
    ),
    newer: sql.statement((db, v: Page & { hidden_from: number | undefined }) =>
      visible(db, v, { without_system, has_hidden }).where('seq', '>', v.edge_seq).orderBy('seq', 'asc'),
    ),
  });
  const statements = {
    all: { plain: pages(false, false), hiding: pages(false, true) },
    people: { plain: pages(true, false), hiding: pages(true, true) },
  };

  const byId = sql.statement((db, v: { chat_id: number; id: number }) =>
    db.selectFrom('messages').selectAll().where('id', '=', v.id).where('chat_id', '=', v.chat_id),
  );
  const chatOf = sql.statement((db, v: { id: number }) =>
    db.selectFrom('messages').select('chat_id').where('id', '=', v.id),
  );
  const pins = sql.statement((db, v: { chat_id: number; floor_seq: number; limit: number; offset: number }) =>
    db
      .selectFrom('pins')
      .innerJoin('messages', (join) =>
        join.onRef('messages.chat_id', '=', 'pins.chat_id').onRef('messages.seq', '=', 'pins.seq'),
      )
      .selectAll('messages')
      .where('pins.chat_id', '=', v.chat_id)
      .where('pins.seq', '>', v.floor_seq)
      .orderBy('pins.pinned_at', 'desc')
      .orderBy('pins.seq', 'desc')
      .limit(v.limit)
      .offset(v.offset),
  );
  const readers = sql.statement((db, v: { chat_id: number; seq: number }) =>
    db
      .selectFrom('read_log')
      .select((eb) => ['user_id', eb.fn.min<number>('at').as('read_at')])
      .where('chat_id', '=', v.chat_id)
      .where('seq', '>=', v.seq)
      .groupBy('user_id')
      .orderBy('read_at')
      .orderBy('user_id'),
  );

  return (work) => {
    const complete = (find: (connection: SqlConnection) => Promise<MessageRow[]>) =>
      work.read(async (connection) => {
        const rows = (await find(connection)).map((row) => readMessage(sql, row));
        await addQuotes(connection, rows);
        return rows;
      });
    return {
      page: ({ before_seq = Number.MAX_SAFE_INTEGER, after_seq, without_system = false, hidden_from, ...page }) => {
        const { plain, hiding } = statements[without_system ? 'people' : 'all'];
        const { older, newer } = hidden_from === undefined ? plain : hiding;
        const values = { ...page, hidden_from };
        return complete((connection) =>
          after_seq === undefined
            ? older.all(connection, { ...values, edge_seq: before_seq })
            : newer.all(connection, { ...values, edge_seq: after_seq }),
        );
      },
      find: async (chat_id, id) => (await complete((connection) => byId.all(connection, { chat_id, id })))[0] ?? null,
      locate: (id) => work.read(async (connection) => (await chatOf.first(connection, { id }))?.chat_id ?? null),
      pinned: (page) => complete((connection) => pins.all(connection, page)),
      readers: (chat_id, seq) => work.read((connection) => readers.all(connection, { chat_id, seq })),
      ...bindHidden(work),
      scrub: (limit) => work.write((connection) => scrub(connection, limit)),
    };
  };
}
