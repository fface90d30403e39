import { readMeta } from '../domain/message-meta.js';
import type { MemberRow, MessageRow } from '../ports/index.js';

/** Who has muted a chat hears only of messages that mention them. */
export function isMuted({ muted_until }: Pick<MemberRow, 'muted_until'>, at: number): boolean {
  return muted_until !== null && muted_until > at;
}

export const mentionsOf = (message: Pick<MessageRow, 'meta'>): readonly number[] => readMeta(message).mentions ?? [];
