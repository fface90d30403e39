import { type ChatRow, type Chats, type MemberRow, MessengerError } from '@dialect/core';
import { createActorLock, createFindBlockers } from './blocks.js';
import { pairKey } from './pair-key.js';
import { createPairLock } from './pair-lock.js';
import type { Attempt, Bindable, SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';
import { createMemberInsert, newMember } from './write-member.js';

/** New chats: the chat and its first members in one transaction, all at `rev` 1. */
export function createChatCreators(sql: Sql): Bindable<Pick<Chats, 'openPrivate' | 'createGroup'>> {
  type NewChat = Pick<ChatRow, 'chat_type' | 'chat_name' | 'owner_id' | 'pair_key' | 'client_id'> & { at: number };
  const lockPair = createPairLock(sql);
  const insertMembers = createMemberInsert(sql);
  const lockActor = createActorLock(sql);
  const findBlockers = createFindBlockers(sql);
  const insertChat = sql.statement((db, v: NewChat) =>
    db.insertInto('chats').values({
      chat_type: v.chat_type,
      chat_name: v.chat_name,
      avatar_url: null,
      owner_id: v.owner_id,
      pair_key: v.pair_key,
      client_id: v.client_id,
      last_seq: 0,
      rev: 1,
      meta_rev: 1,
      last_message_at: v.at,
      cleared_seq: 0,
      created_at: v.at,
      updated_at: v.at,
    }),
  );
  const byId = sql.statement((db, v: { id: number }) => db.selectFrom('chats').selectAll().where('id', '=', v.id));
  const byClientId = sql.statement((db, v: { owner_id: number; client_id: string }) =>
    db.selectFrom('chats').selectAll().where('owner_id', '=', v.owner_id).where('client_id', '=', v.client_id),
  );
  const findUsers = sql.listStatement((db, ids: number[]) =>
    db.selectFrom('users').select('id').where('id', 'in', ids),
  );

  async function create(connection: SqlConnection, chat: NewChat, members: Pick<MemberRow, 'user_id' | 'role'>[]) {
    await mustExist(
      connection,
      members.map((member) => member.user_id),
    );
    const { insert_id: chat_id } = await insertChat.run(connection, chat);
    const rows = members.map((member) => ({
      ...newMember({ chat_id, user_id: member.user_id, at: chat.at }),
      ...member,
    }));
    await insertMembers(connection, rows);
    return { chat: (await byId.first(connection, { id: chat_id })) as ChatRow, created: true };
  }

  async function mustExist(connection: SqlConnection, user_ids: number[]): Promise<void> {
    const found = new Set((await findUsers(connection, user_ids, {})).map((user) => user.id));
    const missing = user_ids.filter((user_id) => !found.has(user_id));
    if (missing.length > 0) throw new Error(`There are no users with these ids: ${missing.join(', ')}.`);
  }

  return (work) => ({
    openPrivate: ({ user_ids: [a, b], at }) =>
      work.write(async (connection, attempt) => {
        const chat = await lockPair(connection, a, b);
        if (chat) return { chat, created: isOwn(chat, at, attempt) };
        const pair = { chat_type: 'private', chat_name: null, owner_id: null, client_id: null } as const;
        return create(connection, { ...pair, pair_key: pairKey(a, b), at }, [
          { user_id: a, role: 'member' },
          { user_id: b, role: 'member' },
        ]);
      }),

    async createGroup({ owner_id, client_id, chat_name, member_ids, at }) {
      const findOrCreate = () =>
        work.write(async (connection, attempt) => {
          const chat = await byClientId.first(connection, { owner_id, client_id });
          if (chat) return { chat, created: isOwn(chat, at, attempt) };
          await lockActor(connection, owner_id);
          if ((await findBlockers(connection, owner_id, member_ids)).length > 0) throw new MessengerError('BLOCKED');
          return create(
            connection,
            { chat_type: 'group', chat_name, owner_id, pair_key: null, client_id, at },
            member_ids.map((user_id) => ({ user_id, role: user_id === owner_id ? 'owner' : 'member' })),
          );
        });
      return findOrCreate().catch((error: unknown) => {
        // Another one with the same client id was faster: now it is found.
        if (sql.dialect.violatedKey(error)?.includes('client_id')) return findOrCreate();
        throw error;
      });
    },
  });
}

/** Made by this very call, which was cut off while it committed. */
function isOwn(chat: ChatRow, at: number, { may_have_committed }: Attempt): boolean {
  return may_have_committed && chat.created_at === at;
}
