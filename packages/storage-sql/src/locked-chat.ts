import type { ChatOperation, ChatRow, MemberRow, MessageRow } from '@dialect/core';
import { createFindHidden } from './hidden.js';
import { createInsertMessages } from './insert-messages.js';
import { otherOf } from './pair-key.js';
import { createOutboxInsert } from './push-outbox.js';
import { readMessage } from './read-message.js';
import type { SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';

/**
 * A chat whose row is locked in this transaction: its counters, and what the batch needs to know of it, read once. What
 * is decided by changes under this lock only, so it needs no locks of its own.
 */
export interface LockedChat {
  row: ChatRow;
  nextRev(): number;
  member(user_id: number): MemberRow | null;
  /** What an operation has made of a member, as a copy: later operations of the batch see it, and may change it. */
  setMember(member: MemberRow): void;
  /** The same for a change of all members, of whom those are here that the batch asks about. */
  eachMember(change: (member: MemberRow) => void): void;
  /** The message with this client id, of the database or of this batch. */
  message(sender_id: number, client_id: string): MessageRow | null;
  /** A message that one of the operations names, deleted or not; the same object for all of them. */
  messageWithId(id: number): MessageRow | null;
  /** Not cleared away, and not deleted by this member for themselves. */
  sees(user_id: number, message: MessageRow): Promise<boolean>;
  /** Whether this is the first operation of the batch that is answered with the message as new. */
  claim(message: MessageRow): boolean;
  /** Keeps a message for `save`, which gives it its id. */
  append(message: MessageRow): void;
  /** Keeps a row for the outbox of pushes, for `save`. */
  notify(message: MessageRow): void;
  /** In a private chat: the other side has blocked this user. */
  isBlocked(user_id: number): Promise<boolean>;
  memberCount(): Promise<number>;
  /** Writes messages and counters, once, if anything changed. */
  save(): Promise<void>;
}

/** Locks the chat and reads what these operations will ask; null when there is no such chat. */
export type LockChat = (
  connection: SqlConnection,
  chat_id: number,
  operations: readonly ChatOperation[],
) => Promise<LockedChat | null>;

export function createLockChat(sql: Sql): LockChat {
  const insertMessages = createInsertMessages(sql);
  const insertOutbox = createOutboxInsert(sql);
  const lock = sql.statement((db, v: { id: number }) =>
    sql.dialect.forUpdate(db.selectFrom('chats').selectAll().where('id', '=', v.id)),
  );
  const findMembers = sql.listStatement((db, user_ids: number[], v: { chat_id: number }) =>
    db.selectFrom('members').selectAll().where('chat_id', '=', v.chat_id).where('user_id', 'in', user_ids),
  );
  const findMessages = sql.listStatement((db, client_ids: string[], v: { chat_id: number }) =>
    db.selectFrom('messages').selectAll().where('chat_id', '=', v.chat_id).where('client_id', 'in', client_ids),
  );
  const findMessagesById = sql.listStatement((db, ids: number[], v: { chat_id: number }) =>
    db.selectFrom('messages').selectAll().where('id', 'in', ids).where('chat_id', '=', v.chat_id),
  );
  const findHidden = createFindHidden(sql);
  const findBlocks = sql.statement((db, v: { a: number; b: number }) =>
    db
      .selectFrom('blocks')
      .select('blocked_id')
      .where((eb) =>
        eb.or([
          eb.and([eb('blocker_id', '=', v.a), eb('blocked_id', '=', v.b)]),
          eb.and([eb('blocker_id', '=', v.b), eb('blocked_id', '=', v.a)]),
        ]),
      ),
  );
  const countMembers = sql.statement((db, v: { chat_id: number }) =>
    db
      .selectFrom('members')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('chat_id', '=', v.chat_id)
      .where('left_at', 'is', null),
  );
  const update = sql.statement(
    (db, v: Pick<ChatRow, 'id' | 'last_seq' | 'rev' | 'meta_rev' | 'last_message_at' | 'updated_at'>) =>
      db
        .updateTable('chats')
        .set({
          last_seq: v.last_seq,
          rev: v.rev,
          meta_rev: v.meta_rev,
          last_message_at: v.last_message_at,
          updated_at: v.updated_at,
        })
        .where('id', '=', v.id),
  );

  return async (connection, chat_id, operations) => {
    const row: ChatRow | null = await lock.first(connection, { id: chat_id });
    if (!row) return null;
    const rev_before = row.rev;
    const members = new Map<number, MemberRow>();
    for (const member of await findMembers(connection, usersOf(operations), { chat_id })) {
      members.set(member.user_id, member);
    }
    const messages = new Map<string, MessageRow>();
    const byId = new Map<number, MessageRow>();
    for (const message of await findMessages(connection, clientIdsOf(operations), { chat_id })) {
      messages.set(keyOf(message.sender_id, message.client_id), readMessage(sql, message));
      byId.set(message.id, message);
    }
    for (const message of await findMessagesById(connection, messageIdsOf(operations), { chat_id })) {
      if (!byId.has(message.id)) byId.set(message.id, readMessage(sql, message));
    }
    let blocked: Set<number> | null = null;
    const appended: MessageRow[] = [];
    let notified: MessageRow[] | null = null;
    const claimed = new Set<MessageRow>();

    return {
      row,
      nextRev: () => ++row.rev,
      member: (user_id) => members.get(user_id) ?? null,
      setMember: (member) => members.set(member.user_id, { ...member }),
      eachMember(change) {
        for (const member of members.values()) change(member);
      },
      message: (sender_id, client_id) => messages.get(keyOf(sender_id, client_id)) ?? null,
      messageWithId: (id) => byId.get(id) ?? null,
      async sees(user_id, { seq }) {
        const member = members.get(user_id);
        if (!member || seq <= member.cleared_seq) return false;
        // Most have hidden nothing, and for them nothing is read.
        return member.hidden_count === 0 || !(await findHidden.first(connection, { chat_id, user_id, seq }));
      },
      claim: (message) => !claimed.has(message) && claimed.add(message).has(message),
      append(message) {
        claimed.add(message);
        appended.push(message);
        messages.set(keyOf(message.sender_id, message.client_id), message);
      },
      notify(message) {
        notified ??= [];
        notified.push(message);
      },
      async isBlocked(user_id) {
        if (row.pair_key === null) return false;
        if (!blocked) {
          const pair = { a: user_id, b: otherOf(row.pair_key, user_id) };
          blocked = new Set((await findBlocks.all(connection, pair)).map(({ blocked_id }) => blocked_id));
        }
        return blocked.has(user_id);
      },
      async memberCount() {
        return Number((await countMembers.first(connection, { chat_id }))?.count);
      },
      async save() {
        if (row.rev === rev_before) return;
        await insertMessages(connection, appended);
        if (notified) await insertOutbox(connection, notified);
        await update.run(connection, row);
      },
    };
  };
}

const keyOf = (sender_id: number, client_id: string): string => `${sender_id}:${client_id}`;

function usersOf(operations: readonly ChatOperation[]): number[] {
  const ids = new Set<number>();
  for (const operation of operations) {
    ids.add(operation.actor_id);
    if ('user_id' in operation) ids.add(operation.user_id);
  }
  return [...ids];
}

function clientIdsOf(operations: readonly ChatOperation[]): string[] {
  return operations.flatMap((operation) => (operation.kind === 'append' ? operation.client_id : []));
}

function messageIdsOf(operations: readonly ChatOperation[]): number[] {
  return operations.flatMap((operation) => {
    if ('message_id' in operation) return operation.message_id;
    return operation.kind === 'append' ? (operation.reply_to_id ?? []) : [];
  });
}
