import type { Readable } from 'node:stream';

export interface BlobStore {
  /**
   * Optional: asked once, before anything else. Takes away what a process left behind that died while it wrote; what
   * another one is writing stays.
   */
  start?(): Promise<void>;
  /**
   * Stores the stream under the name, whole or not at all: nobody reads half a blob, and nothing stays behind when the
   * stream fails. Resolves with the number of bytes once they are on disk. An existing name is replaced.
   * @throws STORAGE_FULL when there is no room
   */
  put(name: string, content: Readable): Promise<number>;
  /** Bytes `start` to `end`, both included; all without a range. Null when there is no such blob. */
  get(name: string, range?: { start: number; end: number }): Promise<Readable | null>;
  /** Null when there is no such blob. */
  size(name: string): Promise<number | null>;
  /** A blob that is not there is fine. */
  remove(name: string): Promise<void>;
}
