import type { ChatOperation, Chats, Decide, Facts, WriteOutcome } from '@dialect/core';
import { createMessageChanger } from './change-message.js';
import { createLockChat, type LockedChat } from './locked-chat.js';
import type { OperationWriter } from './operation-writer.js';
import type { Attempt, Bindable, SqlConnection } from './sql-database.js';
import type { Sql } from './statement.js';
import { createChatWriter } from './write-chat.js';
import { createMemberWriter } from './write-member.js';
import { createMessageWriter } from './write-message.js';
import { createNicknameWriter } from './write-nickname.js';

/** The write primitive: one transaction, chats locked by ascending id, each operation judged as things stand. */
export function createWriteChats(sql: Sql): Bindable<Chats['write']> {
  const lockChat = createLockChat(sql);
  const message = createMessageChanger(sql);
  const member = createMemberWriter(sql);
  const itself = createChatWriter(sql);
  const writers: { [K in ChatOperation['kind']]: OperationWriter<never> } = {
    append: createMessageWriter(sql),
    edit_message: message,
    delete_message: message,
    pin_message: message,
    react: message,
    add_member: member,
    remove_member: member,
    set_nickname: createNicknameWriter(sql),
    update_chat: itself,
    clear_history: itself,
    delete_chat: itself,
  };

  async function writeOne(
    connection: SqlConnection,
    operation: ChatOperation,
    { chat, decide, attempt }: { chat: LockedChat; decide: Decide; attempt: Attempt },
  ): Promise<WriteOutcome> {
    // The table pairs each kind with its own writer; the compiler cannot follow that through the lookup.
    const writer = writers[operation.kind] as OperationWriter<ChatOperation>;
    const repeated = writer.findRepeated(connection, operation, chat, attempt);
    if (repeated) return repeated;
    const facts: Facts = {
      chat: chat.row,
      actor: chat.member(operation.actor_id),
      target: null,
      member_count: 0,
      is_blocked: false,
      reference_exists: true,
      message: null,
      ...(await writer.facts(connection, operation, chat)),
    };
    const code = decide(operation, facts);
    return code ? { kind: 'refused', code } : writer.apply(connection, operation, chat, attempt);
  }

  return (work) => (operations, decide) =>
    work.write(async (connection, attempt) => {
      const outcomes = new Array<WriteOutcome>(operations.length);
      for (const [chat_id, indexes] of byChat(operations)) {
        const own = indexes.map((index) => operations[index] as ChatOperation);
        const chat = await lockChat(connection, chat_id, own);
        for (const [place, operation] of own.entries()) {
          outcomes[indexes[place] as number] = chat
            ? await writeOne(connection, operation, { chat, decide, attempt })
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
