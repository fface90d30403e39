import { z } from 'zod';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMember } from './membership.js';

/** Leaves a group. */
export const leaveChat = defineUseCase({
  name: 'chats.leave',
  summary: 'Leave a group',
  description: 'The owner cannot: a group without one could never again be governed.',
  errors: ['NOT_A_MEMBER', 'CHAT_IS_PRIVATE', 'OWNER_CANNOT_LEAVE'],
  access: 'user',
  input: z.object({ chat_id: id }),
  output: confirmationSchema,
  async run({ chat_id }, context) {
    await changeMember({ kind: 'remove_member', chat_id, user_id: context.caller.user_id }, context);
    return { message: 'You left the chat.' };
  },
});
