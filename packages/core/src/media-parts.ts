import { createFileTypes } from './defaults/file-type-file-types.js';
import { createImageProcessor } from './defaults/sharp-image-processor.js';
import { MessengerError } from './errors.js';
import type { MessengerOptions } from './options.js';
import type { BlobStore, FileTypes, ImageProcessor } from './ports/index.js';

/** Everything that only exists when the host gave a place for files. */
export interface MediaParts {
  blobs: BlobStore;
  images: ImageProcessor;
  fileTypes: FileTypes;
}

/** Loads the heavy parts (sharp, file-type) only now: a host without files never pays for them. */
export async function createMediaParts(
  blobs: BlobStore,
  { images, file_types }: Pick<MessengerOptions, 'images' | 'file_types'>,
): Promise<MediaParts> {
  await blobs.start?.();
  return {
    blobs,
    images: images ?? (await createImageProcessor()),
    fileTypes: file_types ?? (await createFileTypes()),
  };
}

/** Stands in when there is no place for files. */
export const noMedia: MediaParts = {
  get blobs(): never {
    throw new MessengerError('MEDIA_OFF');
  },
  get images(): never {
    throw new MessengerError('MEDIA_OFF');
  },
  get fileTypes(): never {
    throw new MessengerError('MEDIA_OFF');
  },
};
