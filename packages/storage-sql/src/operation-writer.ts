import type { ChatOperation, Facts, WriteOutcome } from '@dialect/core';
import type { LockedChat } from './locked-chat.js';
import type { Attempt, SqlConnection } from './sql-database.js';

/** How one kind of operation is carried out under the chat's lock. */
export interface OperationWriter<O extends ChatOperation> {
  /** The outcome of the first one, when this operation is a repeat. */
  findRepeated(
    connection: SqlConnection,
    operation: O,
    chat: LockedChat,
    attempt: Attempt,
  ): WriteOutcome | null | Promise<WriteOutcome>;
  /** What `decide` needs to know besides the chat and the actor. */
  facts(connection: SqlConnection, operation: O, chat: LockedChat): Promise<Partial<Facts>>;
  apply(connection: SqlConnection, operation: O, chat: LockedChat, attempt: Attempt): Promise<WriteOutcome>;
}
