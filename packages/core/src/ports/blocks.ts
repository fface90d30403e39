export interface Blocks {
  /**
   * From its commit on no message from `blocked_id` enters the private chat of the two: the write locks that chat first
   * (and, where there is none yet, both user rows in ascending id, as opening a private chat does). Repeats are fine.
   */
  add(block: { blocker_id: number; blocked_id: number; at: number }): Promise<void>;
  /** Repeats, and blocks that never were, are fine. */
  remove(block: { blocker_id: number; blocked_id: number }): Promise<void>;
}
