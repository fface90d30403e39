import type { Chats, MemberRow } from '@dialect/core';
import { createQuotes } from './quotes.js';
import { readMessage } from './read-message.js';
import type { Bindable, SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/** What changed in a chat since a revision: the rows stamped with a higher one. There is no log to grow or to trim. */
export function createReadChanges(sql: Sql): Bindable<Chats['changes']> {
  const addQuotes = createQuotes(sql);
  const findChat = sql.statement((db, v: { id: number }) => db.selectFrom('chats').selectAll().where('id', '=', v.id));
  type Range = { chat_id: number; since: number; limit: number };
  const findMembers = sql.statement((db, v: Range) =>
    db
      .selectFrom('members')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('rev', '>', v.since)
      .orderBy('rev')
      .limit(v.limit),
  );
  const findMembersAt = sql.statement((db, v: { chat_id: number; rev: number }) =>
    db.selectFrom('members').selectAll().where('chat_id', '=', v.chat_id).where('rev', '=', v.rev),
  );
  const findMessages = sql.statement((db, v: Range & { floor_seq: number }) =>
    db
      .selectFrom('messages')
      .selectAll()
      .where('chat_id', '=', v.chat_id)
      .where('rev', '>', v.since)
      .where('seq', '>', v.floor_seq)
      .orderBy('rev')
      .limit(v.limit),
  );

  /** The members that a chat began with share one `rev`: a page that was cut among them takes them all. */
  async function wholeRevs(connection: SqlConnection, { chat_id, limit }: Range, page: MemberRow[]) {
    const rev = page.at(-1)?.rev;
    if (page.length < limit || rev === undefined || page.at(-2)?.rev !== rev) return page;
    return [...page.filter((row) => row.rev < rev), ...(await findMembersAt.all(connection, { chat_id, rev }))];
  }

  return (work) =>
    ({ chat_id, since, floor_seq, limit }) =>
      work.read(async (connection) => {
        // The head before the rows: a change in between is then above `to`, left out, and comes with the next answer.
        const chat = await findChat.first(connection, { id: chat_id });
        if (!chat) return null;
        const range = { chat_id, since, limit: limit + 1 };
        const members = await wholeRevs(connection, range, await findMembers.all(connection, range));
        const messages = await findMessages.all(connection, { ...range, floor_seq });
        const to = Math.min(cutAt(members, limit) ?? chat.rev, cutAt(messages, limit) ?? chat.rev);
        const more = to < chat.rev;
        const kept = <R extends { rev: number }>(rows: R[]): R[] => rows.filter((row) => row.rev <= to);
        const rows = kept(messages).map((row) => readMessage(sql, row));
        await addQuotes(connection, rows);
        return { chat, members: kept(members), messages: rows, to, more };
      });
}

/** The last `rev` that is complete in a page that was cut; null when everything fitted. */
function cutAt(rows: readonly { rev: number }[], limit: number): number | null {
  return rows.length > limit ? (rows[limit - 1] as { rev: number }).rev : null;
}
