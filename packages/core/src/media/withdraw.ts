import type { Services } from '../context.js';
import { deleteMedia } from '../delete-media.js';

/**
 * Takes back files to which nothing refers, or no longer does: for after that is committed. What cannot be deleted now
 * is deleted by the clean-up; so is everything in a host's transaction, which may yet be rolled back.
 */
export async function withdraw(names: readonly string[], context: Services): Promise<void> {
  const { storage, media, clock, logger, is_in_transaction } = context;
  if (names.length === 0) return;
  try {
    await storage.media.condemn(names, clock.now());
    if (!is_in_transaction) await deleteMedia(names, storage.media, media.blobs);
  } catch (error) {
    logger.warn('Files are deleted later.', { names, error: String(error) });
  }
}
