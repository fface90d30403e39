import { z } from 'zod';
import { confirmationSchema, id, name } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMember } from './membership.js';

/** How a member is called in one chat: everybody says it of themselves, the owner of a group of anyone. */
export const setNickname = defineUseCase({
  name: 'chats.setNickname',
  summary: 'Give a member a nickname in a chat',
  description:
    'Everybody may name themselves, the owner of a group everybody in it. Without `nickname` it is taken away.',
  errors: ['NOT_A_MEMBER', 'FORBIDDEN', 'MEMBER_NOT_FOUND', 'BLOCKED'],
  access: 'user',
  input: z.object({ chat_id: id, user_id: id, nickname: name(50).min(1).nullish() }),
  output: confirmationSchema,
  async run({ chat_id, user_id, nickname = null }, context) {
    await changeMember({ kind: 'set_nickname', chat_id, user_id, nickname }, context);
    return { message: nickname === null ? 'The nickname was removed.' : 'The nickname was set.' };
  },
});
