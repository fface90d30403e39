import type { ErrorCode, Event, EventOf } from '@dialect/protocol';
import type { WriteResult, Written } from './context.js';
import { MessengerError } from './errors.js';
import { messageCreated } from './message-events.js';
import type { OutcomeOf, WriteOutcome } from './ports/index.js';

/** A change that was made and that nobody has been told of yet; null for a repeat, and for a refusal. */
export function isNew(outcome: WriteOutcome): outcome is Written {
  return outcome.kind !== 'refused' && !outcome.duplicate;
}

/** What the chat tells of itself about the change: it has a `rev`, so an event, of its own. */
export function systemEventOf(written: Written): EventOf<'message_created'> | null {
  return written.kind === 'member' && written.system ? messageCreated(written.system) : null;
}

/** @throws the code by which the change was refused */
export function toResult<E extends Event>(outcome: WriteOutcome, event: E | null): WriteResult<E> {
  if (outcome.kind === 'refused') throw refusal(outcome.code);
  return { written: outcome, is_repeat: !isNew(outcome), event };
}

/** @throws when a storage answers an operation with the outcome of another kind, which no caller can put right */
export function writtenAs<K extends Written['kind']>(kind: K, written: Written): OutcomeOf<K> {
  if (written.kind !== kind) throw new Error(`A change of a ${kind} was answered with one of a ${written.kind}.`);
  return written as OutcomeOf<K>;
}

/** The event of an `append`. */
export const toMessageCreated = (written: Written): EventOf<'message_created'> =>
  messageCreated(writtenAs('message', written).message);

/** Which field of the operation a refusal is about; the others are about who acts. */
const fields: Partial<Record<ErrorCode, string>> = {
  USER_NOT_FOUND: 'user_id',
  ALREADY_A_MEMBER: 'user_id',
  MEMBER_NOT_FOUND: 'user_id',
  GROUP_FULL: 'user_id',
  CHAT_IS_PRIVATE: 'chat_id',
  MESSAGE_NOT_FOUND: 'reply_to_id',
};

function refusal(code: ErrorCode): MessengerError {
  const field = fields[code];
  return new MessengerError(code, field === undefined ? {} : { field });
}
