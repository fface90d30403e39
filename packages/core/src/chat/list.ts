import { z } from 'zod';
import { presentChats } from '../present.js';
import { chatSchema, id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** The seeds' clients know no paging here and expect all their chats: few people have more than one page of these. */
const page_size = 500;

/** The caller's chats, the most recently active first, each with its last message and exact unread count. */
export const listChats = defineUseCase({
  name: 'chats.list',
  summary: 'My chats, the most recently active first',
  description:
    'Each with its last message and the number of unread ones. `after_chat_id` pages without skipping while people write; `offset` pages by position.',
  errors: [],
  example: { limit: 50 },
  access: 'user',
  input: z.object({
    limit: z.int().min(1).max(page_size).default(page_size),
    offset: z.int().min(0).default(0),
    after_chat_id: id.optional(),
  }),
  output: z.array(chatSchema),
  async run({ limit, offset, after_chat_id = null }, context) {
    const { storage, caller } = context;
    const page = { user_id: caller.user_id, limit, offset, after_chat_id };
    return presentChats(await storage.chats.list(page), context);
  },
});
