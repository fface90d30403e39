import type { StatusDuration } from '@dialect/protocol';
import { z } from 'zod';
import { noAccounts } from '../accounts.js';
import { usernameKey } from '../domain/names.js';
import { meToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { UserPatch } from '../ports/index.js';
import { presentUser } from '../present.js';
import { characters, lines, meSchema, name, username } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

const minute_ms = 60_000;
const durations: Record<StatusDuration, number> = {
  forever: Number.POSITIVE_INFINITY,
  '30m': 30 * minute_ms,
  '1h': 60 * minute_ms,
  '5h': 300 * minute_ms,
  '12h': 720 * minute_ms,
  '24h': 1_440 * minute_ms,
};

const input = z.object({
  first_name: name(100).min(1).nullish(),
  last_name: name(100).nullish(),
  bio: lines(1000).nullish(),
  status_text: name(255).nullish(),
  status_duration: z.enum(Object.keys(durations) as [StatusDuration, ...StatusDuration[]]).nullish(),
  username: z.union([username, z.literal('')]).nullish(),
  public_key: characters(4096).nullish(),
});

/** Changes the caller's profile. A username that is given up is free at once. */
export const updateMe = defineUseCase({
  name: 'users.update',
  summary: 'Change my profile',
  description:
    'What is not given stays as it is; null or an empty text takes away what may be absent. The status ends after `status_duration`.',
  errors: ['USERNAME_TAKEN'],
  access: 'user',
  input,
  output: meSchema,
  rate: () => ({ burst: 30, per_second: 1 }),
  async run(given, context) {
    const { storage, accounts, caller, clock } = context;
    const at = clock.now();
    const outcome = await storage.users.update(caller.user_id, toPatch(given, at), at);
    if (!outcome) throw new MessengerError('UNAUTHORIZED');
    if ('taken' in outcome) throw new MessengerError('USERNAME_TAKEN', { field: 'username' });
    const { user } = outcome;
    if (given.username && user.username_key && accounts !== noAccounts) accounts.usernames.taken(user.username_key);
    const phone = await storage.credentials.lookupOf(user.id, 'phone');
    return meToWire(presentUser(user, context), user, phone);
  },
});

/** What must be there is left as it is by null, with which some clients say "nothing new"; the rest it takes away. */
function toPatch({ status_duration, ...given }: z.output<typeof input>, at: number): UserPatch {
  const { first_name, last_name, bio, status_text, username: called, public_key } = given;
  const duration = durations[status_duration ?? 'forever'];
  const sets_status = status_text !== undefined || status_duration != null;
  const has_end = status_text !== null && status_text !== '' && duration !== Number.POSITIVE_INFINITY;
  const own_name = called?.replace(/^@/, '') || null;
  return {
    ...(first_name != null && { first_name }),
    ...(last_name !== undefined && { last_name: last_name || null }),
    ...(bio !== undefined && { bio: bio || null }),
    ...(status_text !== undefined && { status_text: status_text || null }),
    ...(sets_status && { status_expires_at: has_end ? at + duration : null }),
    ...(called !== undefined && { username: own_name, username_key: own_name && usernameKey(own_name) }),
    ...(public_key != null && { public_key }),
  };
}
