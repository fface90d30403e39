export interface ImageInfo {
  /** Pixels of the picture as it is seen, turned the way its camera noted. */
  width: number;
  height: number;
}

/**
 * Reads and writes pictures, away from the event loop and only a few at a time. Everything here is given hostile input:
 * an answer is null when the bytes are no picture that can be read, and a picture that is small in its file and large in
 * memory must cost no memory.
 */
export interface ImageProcessor {
  /** What the header says; nothing is decoded. */
  inspect(content: Uint8Array): Promise<ImageInfo | null>;
  /**
   * The picture written anew in its own format (PNG, JPEG or WebP): the first frame of an animation, turned upright,
   * without whatever else the file held (places, names, scripts). @throws BUSY when too many wait
   */
  rewrite(content: Uint8Array): Promise<Uint8Array | null>;
  /** A WebP of at most so many pixels a side, never larger than the picture. @throws BUSY when too many wait */
  thumbnail(content: Uint8Array, pixels: number): Promise<Uint8Array | null>;
}
