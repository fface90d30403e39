import type { Me, Upload } from '@dialect/protocol';
import type { Context } from '../context.js';
import { mediaUrl } from '../domain/media-names.js';
import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { Limits } from '../options.js';
import type { Rate } from '../ports/index.js';
import { presentUser } from '../present.js';
import { storePicture } from './store-picture.js';
import { withdraw } from './withdraw.js';

export const pictureRate = (_: Limits): Rate => ({ burst: 20, per_second: 0.2 });

/** Gives the caller a new avatar or banner, or with null none; the old file goes after that is committed. */
export async function setPicture(kind: 'avatar' | 'banner', file: Upload | null, context: Context): Promise<Me> {
  const { storage, caller, clock } = context;
  const stored = file && (await storePicture(file, { kind, owner_id: caller.user_id }, context));
  const patch = { [`${kind}_url`]: stored && mediaUrl(stored.name) };
  const outcome = await storage.users.update(caller.user_id, patch, clock.now());
  if (!outcome || 'taken' in outcome) throw new MessengerError('UNAUTHORIZED');
  await withdraw(outcome.freed, context);
  const phone = await storage.credentials.lookupOf(caller.user_id, 'phone');
  return meToWire(presentUser(outcome.user, context), outcome.user, phone);
}
