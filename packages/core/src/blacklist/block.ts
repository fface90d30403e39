import { z } from 'zod';
import { statusToWire } from '../domain/to-wire.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { mustBeAnother, sharesPrivateChat } from './another.js';

/** Blocks somebody; `domain/blacklist.ts` says what that means. Holds for open connections from the answer on. */
export const block = defineUseCase({
  name: 'users.block',
  summary: 'Block a user',
  description:
    'What a block hides and refuses is in the table of docs/blacklist.md. A repeat is fine; open connections are no exception.',
  errors: ['BLOCK_SELF', 'USER_NOT_FOUND'],
  access: 'user',
  input: z.object({ user_id: id }),
  output: confirmationSchema,
  rate: () => ({ burst: 60, per_second: 1 }),
  async run({ user_id }, context) {
    const { storage, caller, clock, presence, announce } = context;
    await mustBeAnother(user_id, context);
    // Asked before, because it is no longer so afterwards; a repeat has nothing to tell.
    const is_seen = presence.isOnline(caller.user_id) && (await sharesPrivateChat(user_id, context));
    await storage.blocks.add({ blocker_id: caller.user_id, blocked_id: user_id, at: clock.now() });
    // Who has just been seen there would else be there for ever: nothing will tell of their going.
    if (is_seen) announce({ ...statusToWire(caller.user_id, false, null), to: [user_id] });
    return { message: 'The user was blocked.' };
  },
});
