import { z } from 'zod';
import { changeChat } from '../change-chat.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { chatName } from './create-group.js';

/** Gives a group another name; its owner may. */
export const renameChat = defineUseCase({
  name: 'chats.rename',
  summary: 'Rename a group',
  description: 'Its owner may.',
  errors: ['NOT_A_MEMBER', 'FORBIDDEN', 'CHAT_IS_PRIVATE'],
  access: 'user',
  input: z.object({ chat_id: id, name: chatName }),
  output: confirmationSchema,
  async run({ chat_id, name }, context) {
    await changeChat({ kind: 'update_chat', chat_id, chat_name: name }, context);
    return { message: 'The chat was renamed.' };
  },
});
