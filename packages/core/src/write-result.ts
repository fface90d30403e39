import type { ErrorCode, Event } from '@dialect/protocol';
import type { WriteResult, Written } from './context.js';
import { MessengerError } from './errors.js';
import type { WriteOutcome } from './ports/index.js';

/** A change that was made and that nobody has been told of yet; null for a repeat, and for a refusal. */
export function isNew(outcome: WriteOutcome): outcome is Written {
  return outcome.kind === 'member' || (outcome.kind === 'message' && !outcome.duplicate);
}

/** @throws the code by which the change was refused */
export function toResult<E extends Event>(outcome: WriteOutcome, event: E | null): WriteResult<E> {
  if (outcome.kind === 'refused') throw refusal(outcome.code);
  return { written: outcome, is_repeat: !isNew(outcome), event };
}

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
