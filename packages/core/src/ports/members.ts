import type { Role } from '@dialect/protocol';
import type { UserRow } from './users.js';

export interface MemberRow {
  chat_id: number;
  user_id: number;
  role: Role;
  nickname: string | null;
  joined_seq: number;
  joined_at: number;
  /** Null while the user is a member. */
  left_at: number | null;
  read_seq: number;
  read_at: number | null;
  delivered_seq: number;
  /** Messages at or below are cleared for this member, by them or for everyone. */
  cleared_seq: number;
  /** The chat is out of the member's sight until its `last_seq` is above this. */
  hidden_seq: number;
  /** How many messages the member has deleted for themselves: mostly none, and then nobody looks for them. */
  hidden_count: number;
  /** No notifications until then. */
  muted_until: number | null;
  rev: number;
}

export type Standing = Pick<
  MemberRow,
  'user_id' | 'joined_seq' | 'read_seq' | 'delivered_seq' | 'cleared_seq' | 'hidden_count'
> & {
  chat_rev: number;
};

/** Everything up to `seq` is read, or delivered. A read mark moves the delivered one along. */
export interface MarkRequest {
  kind: 'read' | 'delivered';
  chat_id: number;
  user_id: number;
  seq: number;
  at: number;
}

export type MarkOutcome =
  | { kind: 'refused'; code: 'NOT_A_MEMBER' }
  | {
      kind: 'marked';
      read_seq: number;
      delivered_seq: number;
      /** The message at the mark, when this request moved it; null when it stood there already. */
      moved_to: { seq: number; message_id: number } | null;
    };

export interface Members {
  /** A departed member has `left_at`; null for somebody who never was one, or a chat that does not exist. */
  get(chat_id: number, user_id: number): Promise<MemberRow | null>;
  /** The present members of the chats, with their profiles, in the order in which they joined. */
  of(chat_ids: readonly number[]): Promise<(MemberRow & { user: UserRow })[]>;
  /**
   * Who shares a private chat with these users and no block, in either direction: those who are told when one of them
   * comes or goes.
   */
  peersOf(user_ids: readonly number[]): Promise<{ user_id: number; peer_id: number }[]>;
  /**
   * Where the present members of one chat stand, each with the chat's `rev` of that moment: who may read, what statuses
   * are derived from, and whether what was read before is still right. Empty for a chat that does not exist.
   */
  standings(chat_id: number): Promise<Standing[]>;
  /**
   * Moves marks forward, never back, clamped to the chat's last message, in one transaction; each move of a read mark
   * leaves one row in the read log, and each user's `urev` rises once. Resolves after the commit.
   */
  advance(requests: readonly MarkRequest[]): Promise<MarkOutcome[]>;
  /**
   * What a member settles for themselves, without a `rev`: `clear` everything written so far, `hide` the chat until
   * the next message or show it again, mute it. Resolves with the member after the commit; null for somebody who is not
   * a present member.
   */
  settle(settings: {
    chat_id: number;
    user_id: number;
    clear?: boolean;
    hide?: boolean;
    muted_until?: number | null;
  }): Promise<MemberRow | null>;
}
