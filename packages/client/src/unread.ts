import { type Id, type Message, protocolLimits } from '@dialect/protocol';

/** The server's count, as it stood when the last message was `last_seq` and mine read up to `read_seq`. */
export interface UnreadBase {
  count: number;
  read_seq: number;
  last_seq: number;
}

export interface UnreadFacts {
  me: Id | null;
  /** My read mark. */
  read_seq: number;
  last_seq: number;
  window: { readonly rows: readonly Message[]; readonly floor: number };
  base: UnreadBase | null;
}

/**
 * How many of the others' messages are above my read mark; null when only the server can know, because part of them is
 * not loaded and its last count was taken at another mark. A pure function of state, so repeated or late events cannot
 * make it drift.
 */
export function countUnread({ me, read_seq, last_seq, window, base }: UnreadFacts): number | null {
  if (last_seq <= read_seq) return 0;
  if (window.floor <= read_seq + 1) return countAbove(window.rows, read_seq, me);
  if (base === null || base.read_seq !== read_seq) return null;
  return Math.min(protocolLimits.unread_cap, base.count + countAbove(window.rows, base.last_seq, me));
}

function countAbove(rows: readonly Message[], seq: number, me: Id | null): number {
  let count = 0;
  for (let i = rows.length - 1; i >= 0 && rows[i]!.seq > seq && count < protocolLimits.unread_cap; i--) {
    const { sender_id, is_deleted, message_type } = rows[i]!;
    if (sender_id !== me && !is_deleted && message_type !== 'system') count++;
  }
  return count;
}
