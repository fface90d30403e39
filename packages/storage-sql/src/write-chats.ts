import type { ChatOperation, Chats, Decide, Facts, WriteOutcome } from '@dialect/core';
import { createLockChat, type LockedChat } from './locked-chat.js';
import type { OperationWriter } from './operation-writer.js';
import type { SqlConnection, SqlDatabase } from './sql-database.js';
import type { Sql } from './statement.js';
import { createMemberWriter } from './write-member.js';
import { createMessageWriter } from './write-message.js';

/** The write primitive: one transaction, chats locked by ascending id, each operation judged as things stand. */
export function createWriteChats(sql: Sql, database: SqlDatabase): Chats['write'] {
  const lockChat = createLockChat(sql);
  const messages = createMessageWriter(sql);
  const members = createMemberWriter(sql);
  const writers: { [K in ChatOperation['kind']]: OperationWriter<never> } = {
    append: messages,
    add_member: members,
    remove_member: members,
  };

  async function writeOne(
    connection: SqlConnection,
    operation: ChatOperation,
    chat: LockedChat,
    decide: Decide,
  ): Promise<WriteOutcome> {
    // The table pairs each kind with its own writer; the compiler cannot follow that through the lookup.
    const writer = writers[operation.kind] as OperationWriter<ChatOperation>;
    const duplicate = await writer.findDuplicate?.(connection, operation);
    if (duplicate) return duplicate;
    const facts: Facts = {
      chat: chat.row,
      actor: await chat.member(operation.actor_id),
      target: null,
      member_count: 0,
      is_blocked: false,
      reference_exists: true,
      ...(await writer.facts(connection, operation, chat)),
    };
    const code = decide(operation, facts);
    return code ? { kind: 'refused', code } : writer.apply(connection, operation, chat);
  }

  return (operations, decide) =>
    database.write(async (connection) => {
      const outcomes = new Array<WriteOutcome>(operations.length);
      for (const [chat_id, indexes] of byChat(operations)) {
        const chat = await lockChat(connection, chat_id);
        for (const index of indexes) {
          outcomes[index] = chat
            ? await writeOne(connection, operations[index] as ChatOperation, chat, decide)
            : { kind: 'refused', code: 'NOT_A_MEMBER' };
        }
        await chat?.save();
      }
      return outcomes;
    });
}

/** The operations' positions by chat, chats ascending: the order in which every transaction locks. */
function byChat(operations: readonly ChatOperation[]): [number, number[]][] {
  const chats = new Map<number, number[]>();
  operations.forEach(({ chat_id }, index) => {
    const indexes = chats.get(chat_id);
    if (indexes) indexes.push(index);
    else chats.set(chat_id, [index]);
  });
  return [...chats].sort(([a], [b]) => a - b);
}
