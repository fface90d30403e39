import { z } from 'zod';
import { statusToWire } from '../domain/to-wire.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mustBeAnother, sharesPrivateChat } from './another.js';

/** Takes a block back; one that never was is fine. */
export const unblock = defineUseCase({
  name: 'users.unblock',
  summary: 'Unblock a user',
  description: 'A repeat is fine.',
  errors: ['BLOCK_SELF', 'USER_NOT_FOUND'],
  access: 'user',
  input: z.object({ user_id: id }),
  output: confirmationSchema,
  async run({ user_id }, context) {
    const { storage, caller, presence, announce } = context;
    await mustBeAnother(user_id, context);
    await storage.blocks.remove({ blocker_id: caller.user_id, blocked_id: user_id });
    // What happened meanwhile was told to neither: now each learns how it stands.
    if (await sharesPrivateChat(user_id, context)) {
      for (const { id: one, last_seen_at } of await storage.users.get([caller.user_id, user_id])) {
        const other = one === user_id ? caller.user_id : user_id;
        announce({ ...statusToWire(one, presence.isOnline(one), last_seen_at), to: [other] });
      }
    }
    return { message: 'The user was unblocked.' };
  },
});
