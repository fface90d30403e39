import { z } from 'zod';
import { timeOrNull } from '../domain/to-wire.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { settle } from './settle.js';

/** Until further notice: the last moment whose year has four digits, as ISO 8601 and whoever reads it expect. */
const for_ever = 253_402_300_799_999;
const max_seconds = 10 * 365 * 86_400;

/** No notifications from a chat: for so many seconds, without a number until further notice, and 0 ends it. */
export const muteChat = defineUseCase({
  name: 'chats.mute',
  summary: 'Mute a chat',
  description:
    'No notifications for so many seconds; without a number until further notice; 0 ends it. Nobody else is told.',
  errors: ['NOT_A_MEMBER'],
  example: { chat_id: 7, for_seconds: 3600 },
  access: 'user',
  input: z.object({ chat_id: id, for_seconds: z.int().min(0).max(max_seconds).nullish() }),
  output: confirmationSchema,
  async run({ chat_id, for_seconds }, context) {
    const { caller, clock } = context;
    const until = for_seconds == null ? for_ever : clock.now() + for_seconds * 1_000;
    const muted_until = for_seconds === 0 ? null : until;
    await settle({ chat_id, muted_until }, context);
    const only_for = caller.user_id;
    context.announce({ type: 'chat_muted', chat_id, only_for, muted_until: timeOrNull(muted_until) });
    return { message: muted_until === null ? 'The chat is no longer muted.' : 'The chat is muted.' };
  },
});
