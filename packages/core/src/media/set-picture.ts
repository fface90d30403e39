import type { Me, Upload } from '@dialect/protocol';
import type { Context } from '../context.js';
import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import { presentUser } from '../present.js';
import { exchangePicture } from './exchange-picture.js';

/** Gives the caller a new avatar or banner, or with null none. */
export async function setPicture(kind: 'avatar' | 'banner', file: Upload | null, context: Context): Promise<Me> {
  const { storage, caller, clock } = context;
  const { user } = await exchangePicture(kind, file, context, async (url) => {
    const outcome = await storage.users.update(caller.user_id, { [`${kind}_url`]: url }, clock.now());
    if (!outcome || 'taken' in outcome) throw new MessengerError('UNAUTHORIZED');
    return outcome;
  });
  const phone = await storage.credentials.lookupOf(user.id, 'phone');
  return meToWire(presentUser(user, context), user, phone);
}
