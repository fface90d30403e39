import { z } from 'zod';
import { changeChat } from '../change-chat.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { settle } from './settle.js';

/**
 * Empties a chat. For everyone: the owner of a group, either side of a private chat. By the number of the last message
 * and not by the time, so that of two messages in one moment neither is lost.
 */
export const clearChat = defineUseCase({
  name: 'chats.clear',
  summary: 'Clear the history, for me or for everyone',
  description:
    'For me, or for everyone: the owner of a group may, and either side of a private chat. What is written afterwards stays.',
  errors: ['NOT_A_MEMBER', 'FORBIDDEN', 'BLOCKED'],
  access: 'user',
  input: z.object({ chat_id: id, for_everyone: z.boolean().default(false) }),
  output: confirmationSchema,
  async run({ chat_id, for_everyone }, context) {
    if (for_everyone) {
      await changeChat({ kind: 'clear_history', chat_id }, context);
      context.scrub();
      return { message: 'The history was cleared for everyone.' };
    }
    const { cleared_seq } = await settle({ chat_id, clear: true }, context);
    const only_for = context.caller.user_id;
    context.announce({ type: 'chat_history_cleared', chat_id, only_for, for_everyone: false, seq: cleared_seq });
    return { message: 'The history was cleared for you.' };
  },
});
