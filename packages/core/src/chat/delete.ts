import { z } from 'zod';
import { changeChat } from '../change-chat.js';
import { MessengerError } from '../errors.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { changeMember } from './membership.js';
import { settle } from './settle.js';

/**
 * For me: a group is left (its owner cannot); a private chat is emptied for me and out of my sight until the next
 * message, for nobody leaves one. For everyone: the owner of a group, either side of a private chat.
 */
export const deleteChat = defineUseCase({
  name: 'chats.delete',
  summary: 'Delete a chat, for me or for everyone',
  description:
    'For me: a group is left, a private chat is emptied and out of sight until somebody writes. For everyone: the owner of a group may, and either side of a private chat.',
  errors: ['NOT_A_MEMBER', 'FORBIDDEN', 'OWNER_CANNOT_LEAVE', 'BLOCKED'],
  access: 'user',
  input: z.object({ chat_id: id, for_everyone: z.boolean().default(false) }),
  output: confirmationSchema,
  async run({ chat_id, for_everyone }, context) {
    const { storage, caller } = context;
    if (for_everyone) {
      await changeChat({ kind: 'delete_chat', chat_id }, context);
      context.scrub();
      return { message: 'The chat was deleted for everyone.' };
    }
    const [view] = await storage.chats.views(caller.user_id, [chat_id]);
    if (!view) throw new MessengerError('NOT_A_MEMBER');
    if (view.chat.chat_type === 'group') {
      await changeMember({ kind: 'remove_member', chat_id, user_id: caller.user_id }, context);
      return { message: 'You left the chat.' };
    }
    await settle({ chat_id, clear: true, hide: true }, context);
    context.announce({ type: 'chat_deleted', chat_id, only_for: caller.user_id, for_everyone: false });
    return { message: 'The chat was deleted for you.' };
  },
});
