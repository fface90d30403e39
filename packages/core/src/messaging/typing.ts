import { z } from 'zod';
import { hiddenFrom } from '../domain/blacklist.js';
import { MessengerError } from '../errors.js';
import { confirmationSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Tells the others in the chat that the caller is typing, or has stopped. Never stored. */
export const typing = defineUseCase({
  name: 'messages.typing',
  summary: 'Say that I am typing',
  description: 'Told to the others at once and stored nowhere. Repeat it every few seconds: it expires by itself.',
  errors: ['NOT_A_MEMBER'],
  access: 'user',
  input: z.object({ chat_id: id, is_typing: z.boolean() }),
  output: confirmationSchema,
  rate: () => ({ burst: 20, per_second: 5 }),
  async run({ chat_id, is_typing }, { storage, caller, announce }) {
    const member = await storage.members.get(chat_id, caller.user_id);
    if (!member || member.left_at !== null) throw new MessengerError('NOT_A_MEMBER');
    const hidden_from = hiddenFrom('private_typing', caller.user_id, await storage.blocks.inPrivateChats([chat_id]));
    const event = { type: 'typing', chat_id, user_id: caller.user_id, is_typing } as const;
    announce(hidden_from.length > 0 ? { ...event, hidden_from } : event);
    return { message: 'The others were told.' };
  },
});
