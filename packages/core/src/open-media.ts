import type { Readable } from 'node:stream';
import { isMediaName, isThumbnailName } from './domain/media-names.js';
import type { MediaParts } from './media-parts.js';
import type { Media } from './ports/index.js';

/** A stored file, to be read: nothing is open until `read`. */
export interface OpenedMedia {
  name: string;
  media_type: string;
  size: number;
  /** As its uploader called it; null for what has no name of its own. */
  filename: string | null;
  /** Bytes `start` to `end`, both included; all without a range. Null when the file has just gone. */
  read(range?: { start: number; end: number }): Promise<Readable | null>;
}

/** The file of that name, which may be anything that somebody asks for; null when there is none. */
export async function openMedia(name: string, media: Media, { blobs }: MediaParts): Promise<OpenedMedia | null> {
  const read: OpenedMedia['read'] = (range) => blobs.get(name, range);
  const row = isMediaName(name) ? (await media.find([name]))[0] : undefined;
  if (!row && !isThumbnailName(name)) return null;
  const size = await blobs.size(name);
  if (size === null) return null;
  return { name, media_type: row?.media_type ?? 'image/webp', size, filename: row?.filename ?? null, read };
}
