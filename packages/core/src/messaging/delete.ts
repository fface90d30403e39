import { z } from 'zod';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMessage } from './change.js';
import { findVisible } from './visible.js';

/** Takes a message away: from everyone (its author, or the owner of the group), or from the caller's own sight. */
export const deleteMessage = defineUseCase({
  name: 'messages.delete',
  summary: 'Delete a message, for everyone or for me',
  description:
    'For everyone: the author may, and the owner of the group. With `for_everyone=false` it is gone for the caller alone.',
  errors: ['MESSAGE_NOT_FOUND', 'FORBIDDEN'],
  access: 'user',
  input: z.object({ message_id: id, for_everyone: z.boolean().default(true) }),
  output: confirmationSchema,
  async run({ message_id, for_everyone }, context) {
    if (for_everyone) {
      await changeMessage({ kind: 'delete_message', message_id }, context);
      return { message: 'The message was deleted.' };
    }
    const { storage, caller } = context;
    const { chat_id, seq } = (await findVisible(message_id, context)).row;
    await storage.messages.hide({ chat_id, user_id: caller.user_id, seq });
    context.announce({ type: 'message_hidden', chat_id, only_for: caller.user_id, message_id, seq });
    return { message: 'The message was deleted for you.' };
  },
});
