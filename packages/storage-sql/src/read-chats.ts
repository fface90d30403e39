import type { ChatRow, Chats, ChatView, MessageRow } from '@dialect/core';
import { protocolLimits } from '@dialect/protocol';
import { createQuotes } from './quotes.js';
import { readMessage } from './read-message.js';
import type { Bindable, SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

const cap = protocolLimits.unread_cap;

/** Chats as their members see them. */
export function createChatReaders(sql: Sql): Bindable<Pick<Chats, 'list' | 'views' | 'heads'>> {
  const addQuotes = createQuotes(sql);
  const heads = sql.statement((builder, v: { user_id: number }) =>
    builder
      .selectFrom('members')
      .innerJoin('chats', 'chats.id', 'members.chat_id')
      .select(['members.chat_id', 'left_at', 'hidden_seq', 'members.rev as member_rev', 'chats.rev', 'last_seq'])
      .where('members.user_id', '=', v.user_id),
  );
  // Of the user's present chats only: where a page ends would tell a stranger when somebody last wrote.
  const positionOf = sql.statement((builder, v: { id: number; user_id: number }) =>
    builder
      .selectFrom('chats')
      .innerJoin('members', 'members.chat_id', 'chats.id')
      .select(['chats.id', 'chats.last_message_at'])
      .where('chats.id', '=', v.id)
      .where('members.user_id', '=', v.user_id)
      .where('members.left_at', 'is', null),
  );

  /** The user's memberships, each with the id of the last message to see and the unread count. */
  const memberships = (db: Sql['db'], user_id: number) =>
    db
      .selectFrom('members')
      .innerJoin('chats', 'chats.id', 'members.chat_id')
      .selectAll('members')
      // From the same moment as the count: a chat read later may be ahead of it, and a client would take that for known.
      .select(['chats.rev as chat_rev', 'chats.last_seq as chat_last_seq'])
      .select((eb) => {
        const visible = eb
          .selectFrom('messages')
          .whereRef('messages.chat_id', '=', 'members.chat_id')
          .whereRef('messages.seq', '>', 'members.cleared_seq')
          .where('messages.deleted_at', 'is', null)
          .where('messages.message_type', '<>', 'system')
          // First whether the member has hidden anything at all: most have not, and then nothing is looked up.
          .where(({ or, eb: also, not, exists, selectFrom }) =>
            or([
              also('members.hidden_count', '=', 0),
              not(
                exists(
                  selectFrom('hidden')
                    .select('hidden.seq')
                    .where('hidden.user_id', '=', user_id)
                    .whereRef('hidden.chat_id', '=', 'messages.chat_id')
                    .whereRef('hidden.seq', '=', 'messages.seq'),
                ),
              ),
            ]),
          );
        return [
          visible.select('messages.id').orderBy('messages.seq', 'desc').limit(1).as('last_message_id'),
          visible
            .select((count) => count.fn.countAll<number>().as('count'))
            .whereRef('messages.seq', '>', 'members.read_seq')
            // Keeps the count from walking a long history; the result is then replaced by the cap.
            .where('messages.seq', '>', eb('chats.last_seq', '-', cap))
            .where('messages.sender_id', '<>', user_id)
            .as('unread_count'),
        ];
      })
      .where('members.user_id', '=', user_id)
      .where('members.left_at', 'is', null);

  type Place = { user_id: number; limit: number; offset: number };
  const page = (db: Sql['db'], v: Place) =>
    memberships(db, v.user_id)
      .whereRef('chats.last_seq', '>', 'members.hidden_seq')
      .orderBy('chats.last_message_at', 'desc')
      .orderBy('chats.id', 'desc')
      .limit(v.limit)
      .offset(v.offset);
  const firstPage = sql.statement(page);
  // Written out instead of a row comparison, for which MySQL and MariaDB leave their index.
  const pageAfter = sql.statement((db, v: Place & { id: number; last_message_at: number }) =>
    page(db, v).where((eb) =>
      eb.or([
        eb('chats.last_message_at', '<', v.last_message_at),
        eb.and([eb('chats.last_message_at', '=', v.last_message_at), eb('chats.id', '<', v.id)]),
      ]),
    ),
  );
  const these = sql.listStatement((db, chat_ids: number[], v: { user_id: number }) =>
    memberships(db, v.user_id).where('members.chat_id', 'in', chat_ids),
  );
  const chatsById = sql.listStatement((db, chat_ids: number[]) =>
    db.selectFrom('chats').selectAll().where('id', 'in', chat_ids),
  );
  const messagesById = sql.listStatement((db, message_ids: number[]) =>
    db.selectFrom('messages').selectAll().where('id', 'in', message_ids),
  );
  type Membership = Awaited<ReturnType<typeof firstPage.all>>[number];

  async function complete(connection: SqlConnection, rows: readonly Membership[]): Promise<ChatView[]> {
    const chats = byId<ChatRow>(
      await chatsById(
        connection,
        rows.map((row) => row.chat_id),
        {},
      ),
    );
    const last: MessageRow[] = await messagesById(
      connection,
      rows.flatMap((row) => row.last_message_id ?? []),
      {},
    );
    await addQuotes(connection, last);
    const messages = byId(last);
    return rows.map(({ last_message_id, unread_count, chat_rev, chat_last_seq, ...me }) => {
      const chat = { ...(chats.get(me.chat_id) as ChatRow), rev: chat_rev, last_seq: chat_last_seq };
      const last_message = messages.get(last_message_id ?? 0);
      const unread_capped = chat.last_seq - Math.max(me.read_seq, me.cleared_seq) > cap;
      return {
        chat,
        me,
        last_message: last_message ? readMessage(sql, last_message) : null,
        unread_count: unread_capped ? cap : Number(unread_count),
        unread_capped,
      };
    });
  }

  return (work) => ({
    list: ({ user_id, limit, offset, after_chat_id }) =>
      work.read(async (connection) => {
        const place = { user_id, limit, offset };
        if (after_chat_id === null) return complete(connection, await firstPage.all(connection, place));
        const edge = await positionOf.first(connection, { id: after_chat_id, user_id });
        return edge ? complete(connection, await pageAfter.all(connection, { ...place, ...edge })) : [];
      }),

    views: (user_id, chat_ids) =>
      work.read(async (connection) => complete(connection, await these(connection, chat_ids, { user_id }))),

    heads: (user_id) =>
      work.read(async (connection) => {
        const rows = await heads.all(connection, { user_id });
        return rows.map(({ chat_id, left_at, hidden_seq, last_seq, member_rev, rev }) => {
          const is_member = left_at === null;
          return {
            chat_id,
            rev: is_member ? rev : member_rev,
            is_member,
            is_hidden: is_member && last_seq <= hidden_seq,
          };
        });
      }),
  });
}

function byId<Row extends { id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}
