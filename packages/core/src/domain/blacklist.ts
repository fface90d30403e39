import type { ErrorCode, User } from '@dialect/protocol';
import type { Block } from '../ports/blocks.js';

/** `unchanged`: as if there were no block. `hidden`: it happens, and the other neither hears nor sees it. */
type Treatment = 'unchanged' | 'hidden' | Extract<ErrorCode, 'BLOCKED'>;

/**
 * What a block does, as the other one of the two meets it: `of_blocked` what the blocked person does, towards the
 * blocker; `of_blocker` what the blocker does, towards the blocked person. Third persons notice nothing. The same table
 * stands in `docs/blacklist.md`.
 */
export const blacklist = {
  /** Refused ones are not stored. */
  private_message: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  private_edit: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  private_pin: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  private_reaction: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  /** One's own: it is text, and the other side would read it. */
  private_nickname: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  /** For everyone, the whole chat too: what was written to the blocker is theirs to keep. */
  private_clear: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  private_history: { of_blocked: 'unchanged', of_blocker: 'unchanged' },
  /** To open it is harmless: it is empty, and stays so. */
  private_chat: { of_blocked: 'unchanged', of_blocker: 'unchanged' },
  /** Who types is there: what hides the blocker's presence has to hide this too. */
  private_typing: { of_blocked: 'hidden', of_blocker: 'hidden' },
  /** Live only: the marks are kept, and a later look into the history shows what they say. */
  private_receipt: { of_blocked: 'unchanged', of_blocker: 'hidden' },
  group_message: { of_blocked: 'unchanged', of_blocker: 'unchanged' },
  group_typing: { of_blocked: 'unchanged', of_blocker: 'unchanged' },
  group_receipt: { of_blocked: 'unchanged', of_blocker: 'unchanged' },
  add_to_group: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  create_group_with: { of_blocked: 'BLOCKED', of_blocker: 'unchanged' },
  /** `is_online` and `last_seen_at` in profiles: always offline, never seen. */
  presence: { of_blocked: 'unchanged', of_blocker: 'hidden' },
  /** `user_status`. */
  presence_event: { of_blocked: 'hidden', of_blocker: 'hidden' },
  /** Pictures, bio and status; id, names and public key are what a shared chat cannot do without. */
  profile: { of_blocked: 'unchanged', of_blocker: 'hidden' },
  /** By name and by phone number alike. */
  search: { of_blocked: 'unchanged', of_blocker: 'hidden' },
  /** From groups too. */
  push: { of_blocked: 'hidden', of_blocker: 'unchanged' },
} as const satisfies Record<string, { of_blocked: Treatment; of_blocker: Treatment }>;

export type BlacklistRow = keyof typeof blacklist;

/** From whom these blocks hide what the actor does. */
export function hiddenFrom(row: BlacklistRow, actor_id: number, blocks: readonly Block[]): number[] {
  const { of_blocked, of_blocker }: { of_blocked: Treatment; of_blocker: Treatment } = blacklist[row];
  const others = blocks.flatMap(({ blocker_id, blocked_id }) => {
    if (blocked_id === actor_id && of_blocked === 'hidden') return blocker_id;
    return blocker_id === actor_id && of_blocker === 'hidden' ? blocked_id : [];
  });
  return [...new Set(others)];
}

/** A profile, or a member, as somebody sees it whom the person has blocked. */
export function hideProfile<U extends User>(user: U): U {
  return {
    ...user,
    avatar_url: null,
    banner_url: null,
    bio: null,
    status_text: null,
    status_expires_at: null,
    is_online: false,
    last_seen_at: null,
  };
}
