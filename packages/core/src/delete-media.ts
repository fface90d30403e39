import { thumbnailOf } from './domain/media-names.js';
import type { BlobStore, Media } from './ports/index.js';

/** Deletes condemned files: the bytes first, because what has no row is never found again. */
export async function deleteMedia(names: readonly string[], media: Media, blobs: BlobStore): Promise<void> {
  if (names.length === 0) return;
  for (const name of names) {
    await blobs.remove(name);
    await blobs.remove(thumbnailOf(name));
  }
  await media.forget(names);
}
