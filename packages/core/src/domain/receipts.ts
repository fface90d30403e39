import type { MessageStatus } from '@dialect/protocol';

export interface MemberMarks {
  user_id: number;
  joined_seq: number;
  read_seq: number;
  delivered_seq: number;
}

/**
 * How far a message has come: `read` as soon as one other member has read it (Dialect's rule), `delivered` as soon as
 * it reached one. People who joined later do not count.
 */
export function statusOf(message: { seq: number; sender_id: number }, marks: readonly MemberMarks[]): MessageStatus {
  let status: MessageStatus = 'sent';
  for (const mark of marks) {
    if (mark.user_id === message.sender_id || mark.joined_seq >= message.seq) continue;
    if (mark.read_seq >= message.seq) return 'read';
    if (mark.delivered_seq >= message.seq) status = 'delivered';
  }
  return status;
}
