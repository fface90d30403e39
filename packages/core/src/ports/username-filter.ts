/**
 * Answers "is this name free?" without the database when the answer is certainly yes. Names come in their normal form
 * (`usernameKey`).
 */
export interface UsernameFilter {
  /** False: certainly free. True: perhaps taken, ask the storage. True for everything until it is ready. */
  mayContain(username_key: string): boolean;
  /** Has no bound: a filter that is full grows, and stays as exact as before. */
  add(username_key: string): void;
  /**
   * Fills the filter, a slice at a time, without holding the event loop. Resolves when `mayContain` can be trusted. A
   * filter that is ready already goes on answering from what it has until the new content is complete, which then
   * replaces it, with what was added meanwhile; when filling fails, everything stays as it was. One at a time.
   */
  fill(slices: AsyncIterable<readonly string[]>): Promise<void>;
  /** How many names it holds, as far as it can tell, and how much memory they take. */
  size?(): { names: number; bytes: number };
  /** The content, in pieces, for `load` in a later process. A name that is added meanwhile may be missing in it. */
  save?(): Iterable<Uint8Array>;
  /**
   * Makes the filter ready with a content that was saved, besides what was added before. False when these are not the
   * bytes of this kind of filter: then nothing has changed. The bytes are the filter's from now on.
   */
  load?(bytes: Uint8Array): boolean;
}
