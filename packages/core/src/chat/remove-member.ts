import { z } from 'zod';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMember } from './membership.js';

/** Removes somebody from a group: the owner anyone else, everybody themselves. */
export const removeMember = defineUseCase({
  name: 'chats.removeMember',
  summary: 'Remove a member from a group, or leave it',
  description: 'The owner removes anyone else, everybody themselves. The removed hear of it as the last thing.',
  errors: ['NOT_A_MEMBER', 'MEMBER_NOT_FOUND', 'CHAT_IS_PRIVATE', 'OWNER_CANNOT_LEAVE', 'FORBIDDEN'],
  access: 'user',
  input: z.object({ chat_id: id, user_id: id }),
  output: confirmationSchema,
  async run({ chat_id, user_id }, context) {
    await changeMember({ kind: 'remove_member', chat_id, user_id }, context);
    return { message: 'The user was removed from the chat.' };
  },
});
