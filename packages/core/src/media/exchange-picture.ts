import type { Upload } from '@dialect/protocol';
import type { Context } from '../context.js';
import { mediaUrl } from '../domain/media-names.js';
import type { Limits } from '../options.js';
import type { Rate } from '../ports/index.js';
import { discard, withdraw } from './discard.js';
import { type PictureKind, storePicture } from './store-picture.js';

export const pictureRate = (_: Limits): Rate => ({ burst: 20, per_second: 0.2 });

/**
 * Stores a picture, and makes the change that refers to its URL, or with null to none. The file before goes after that
 * is committed, and the new one when it is refused. After a failure nobody knows whether it was committed: then the new
 * one goes only if nothing refers to it.
 */
export async function exchangePicture<T extends { freed: readonly string[] }>(
  kind: PictureKind,
  file: Upload | null,
  context: Context,
  change: (url: string | null) => Promise<T>,
): Promise<T> {
  const stored = file && (await storePicture(file, { kind, owner_id: context.caller.user_id }, context));
  try {
    const changed = await change(stored && mediaUrl(stored.name));
    await discard(changed.freed, context);
    return changed;
  } catch (error) {
    if (stored) await withdraw(stored.name, context);
    throw error;
  }
}
