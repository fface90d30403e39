import { z } from 'zod';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMember } from './membership.js';

/** Adds somebody to a group; any member may. */
export const addMember = defineUseCase({
  name: 'chats.addMember',
  summary: 'Add a member to a group',
  description: 'Any member may. The new one sees what was written before.',
  errors: ['NOT_A_MEMBER', 'USER_NOT_FOUND', 'BLOCKED', 'CHAT_IS_PRIVATE', 'ALREADY_A_MEMBER', 'GROUP_FULL'],
  access: 'user',
  input: z.object({ chat_id: id, user_id: id }),
  output: confirmationSchema,
  async run({ chat_id, user_id }, context) {
    await changeMember({ kind: 'add_member', chat_id, user_id, role: 'member' }, context);
    return { message: 'The user was added to the chat.' };
  },
});
