import { z } from 'zod';
import { chatSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { viewOf } from './open-chat.js';

export const getChat = defineUseCase({
  name: 'chats.get',
  summary: 'One of my chats',
  access: 'user',
  input: z.object({ chat_id: id }),
  output: chatSchema,
  run: ({ chat_id }, context) => viewOf(chat_id, context),
});
