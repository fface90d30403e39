import { z } from 'zod';
import { chatSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { pictureRate } from './exchange-picture.js';
import { setPictureOf } from './set-chat-avatar.js';

/** Having none is fine; the owner of a group may. */
export const removeChatAvatar = defineUseCase({
  name: 'chats.removeAvatar',
  summary: "Remove a group's picture",
  description: 'The owner may. Having none is fine.',
  errors: ['NOT_A_MEMBER', 'FORBIDDEN', 'CHAT_IS_PRIVATE'],
  access: 'user',
  input: z.object({ chat_id: id }),
  output: chatSchema,
  rate: pictureRate,
  run: ({ chat_id }, context) => setPictureOf(chat_id, null, context),
});
