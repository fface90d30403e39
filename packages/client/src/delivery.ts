import type { Id, Member, MessageStatus } from '@dialect/protocol';

/** How far a message of mine has come. Until `sent` it is in the outbox, and `failed` when the server refused it. */
export type Delivery = 'queued' | 'sending' | 'failed' | MessageStatus;

type Marks = Pick<Member, 'user_id' | 'joined_seq' | 'read_seq' | 'delivered_seq'>;

/**
 * `read` as soon as one other member has read it, `delivered` as soon as it reached one of their devices. People who
 * joined later do not count. `known` is what the server or an earlier look said: a status never goes back, also when
 * the one who had read it leaves.
 */
export function deliveryOf(
  message: { seq: number; sender_id: Id | null },
  members: Iterable<Marks>,
  known: MessageStatus,
): MessageStatus {
  if (known === 'read') return known;
  let status = known;
  for (const member of members) {
    if (member.user_id === message.sender_id || member.joined_seq >= message.seq) continue;
    if (member.read_seq >= message.seq) return 'read';
    if (member.delivered_seq >= message.seq) status = 'delivered';
  }
  return status;
}
