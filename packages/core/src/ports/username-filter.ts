/** Answers "is this name free?" without the database when the answer is certainly yes. */
export interface UsernameFilter {
  /** False: certainly free. True: perhaps taken, ask the storage. True for everything until it is ready. */
  mayContain(username_key: string): boolean;
  add(username_key: string): void;
  /** Fills the filter, a slice at a time, without holding the event loop. Resolves when `mayContain` can be trusted. */
  fill(slices: AsyncIterable<readonly string[]>): Promise<void>;
}
