import type { Me, Upload } from '@dialect/protocol';
import type { Context } from '../context.js';
import { deleteMedia } from '../delete-media.js';
import { mediaUrl } from '../domain/media-names.js';
import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { Limits } from '../options.js';
import type { Rate } from '../ports/index.js';
import { presentUser } from '../present.js';
import { storePicture } from './store-picture.js';

export const pictureRate = (_: Limits): Rate => ({ burst: 20, per_second: 0.2 });

/** Gives the caller a new avatar or banner, or with null none; the old file goes after that is committed. */
export async function setPicture(kind: 'avatar' | 'banner', file: Upload | null, context: Context): Promise<Me> {
  const { storage, caller, clock, media, logger } = context;
  const stored = file && (await storePicture(file, { kind, owner_id: caller.user_id }, context));
  const patch = { [`${kind}_url`]: stored && mediaUrl(stored.name) };
  const outcome = await storage.users.update(caller.user_id, patch, clock.now());
  if (!outcome || 'taken' in outcome) throw new MessengerError('UNAUTHORIZED');
  // In a host's transaction the clean-up does it, after the commit.
  if (!context.is_in_transaction) {
    await deleteMedia(outcome.freed, storage.media, media.blobs).catch((error: unknown) =>
      logger.warn('A replaced picture is deleted later.', { error: String(error) }),
    );
  }
  const phone = await storage.credentials.lookupOf(caller.user_id, 'phone');
  return meToWire(presentUser(outcome.user, context), outcome.user, phone);
}
