import { z } from 'zod';
import { chatSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { openPrivate } from './open-chat.js';

/** The private chat with somebody: made at the first call, found at every other, also when both call at once. */
export const createPrivateChat = defineUseCase({
  name: 'chats.createPrivate',
  summary: 'Open the private chat with a user',
  description: 'There is one private chat for two users: it is made at the first call and found at every other.',
  errors: ['CHAT_WITH_SELF', 'USER_NOT_FOUND'],
  access: 'user',
  input: z.object({ target_user_id: id }),
  output: chatSchema,
  run: ({ target_user_id }, context) => openPrivate(target_user_id, context),
});
