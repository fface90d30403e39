export interface Block {
  blocker_id: number;
  blocked_id: number;
}

export interface Blocks {
  /**
   * From its commit on no message from `blocked_id` enters the private chat of the two: the write locks that chat first
   * (and, where there is none yet, both user rows in ascending id, as opening a private chat does). Nor do they bring
   * the blocker into a group, new or old: the write locks the row of `blocked_id`, and so does whoever adds or creates.
   * Repeats are fine, and keep the time of the first.
   */
  add(block: Block & { at: number }): Promise<void>;
  /** Repeats, and blocks that never were, are fine. */
  remove(block: Block): Promise<void>;
  /** Whom the user has blocked, the latest first. */
  list(page: { user_id: number; limit: number; offset: number }): Promise<number[]>;
  /** Those of `among` whom the user has blocked. */
  of(user_id: number, among: readonly number[]): Promise<number[]>;
  /** Those of `among` who have blocked the user: whoever shows or sends something of the user to others asks this. */
  blockersOf(user_id: number, among: readonly number[]): Promise<number[]>;
  /** The blocks between the two of each of these chats that is private; groups have none to tell of. */
  inPrivateChats(chat_ids: readonly number[]): Promise<(Block & { chat_id: number })[]>;
}
