import type { Services } from '../context.js';
import { deleteMedia } from '../delete-media.js';

/**
 * Deletes files that are condemned. What cannot be deleted now is deleted by the clean-up; so is everything in a host's
 * transaction, which may yet be rolled back.
 */
export async function discard(
  condemned: readonly string[] | Promise<readonly string[]>,
  { storage, media, logger, is_in_transaction }: Services,
): Promise<void> {
  try {
    const names = await condemned;
    if (names.length > 0 && !is_in_transaction) await deleteMedia(names, storage.media, media.blobs);
  } catch (error) {
    logger.warn('Files are deleted later.', { error: String(error) });
  }
}

/** Takes back a file, unless something has come to refer to it. */
export const withdraw = (name: string, context: Services): Promise<void> =>
  discard(context.storage.media.condemn([name], context.clock.now()), context);
