import { z } from 'zod';
import { id, nothing, seq } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** Where the caller's chats stand, those they left among them: what a client compares with what it knows. */
export const heads = defineUseCase({
  name: 'sync.heads',
  summary: 'Where my chats stand',
  description:
    'The revision of every chat, those the caller left among them: what a client compares with what it knows. Another `epoch` voids everything known before.',
  errors: [],
  access: 'user',
  input: nothing,
  output: z.object({
    epoch: z.string(),
    chats: z.array(z.object({ chat_id: id, rev: seq, is_member: z.boolean(), is_hidden: z.boolean() })),
  }),
  async run(_, { storage, caller }) {
    return { epoch: await storage.epoch(), chats: await storage.chats.heads(caller.user_id) };
  },
});
