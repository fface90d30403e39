export interface FileTypes {
  /** Bytes from the beginning of a file that suffice. */
  head_bytes: number;
  /**
   * What a file is by its first bytes, whatever it is called. `media_type` without parameters. Null when the bytes say
   * nothing: all text is of that kind, also what a browser would run.
   */
  detect(head: Uint8Array): Promise<{ media_type: string; extension: string } | null>;
}
