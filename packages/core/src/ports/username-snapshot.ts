/** Keeps the username filter between two runs of a process. A snapshot that is lost costs time and nothing else. */
export interface UsernameSnapshot {
  /** What was saved last, whole; null when nothing was. */
  load(): Promise<Uint8Array | null>;
  /** Replaces what was saved before: by all of the pieces, on disk, or not at all. */
  save(pieces: Iterable<Uint8Array>): Promise<void>;
}
