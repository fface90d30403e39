import { z } from 'zod';
import { chatSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { viewOf } from './open-chat.js';

export const getChat = defineUseCase({
  name: 'chats.get',
  summary: 'One of my chats',
  description: 'With its members, its last message, and where the caller stands in it.',
  errors: ['NOT_A_MEMBER'],
  access: 'user',
  input: z.object({ chat_id: id }),
  output: chatSchema,
  run: ({ chat_id }, context) => viewOf(chat_id, context),
});
