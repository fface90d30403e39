import { z } from 'zod';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import { id, messageSchema, seq } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/**
 * Messages of a chat, newest first: by `limit` and `offset` as the seeds page, or from any message by `before_seq`
 * (older, newest first) and `after_seq` (newer, oldest first), which never skip or repeat while people write.
 */
export const history = defineUseCase({
  name: 'messages.history',
  access: 'user',
  input: z
    .object({
      chat_id: id,
      limit: z.int().min(1).optional(),
      offset: z.int().min(0).default(0),
      before_seq: seq.optional(),
      after_seq: seq.optional(),
    })
    .refine((input) => input.before_seq === undefined || input.after_seq === undefined, {
      path: ['after_seq'],
      error: 'cannot be combined with before_seq',
    }),
  output: z.array(messageSchema),
  async run({ limit, ...input }, { storage, caller, limits }) {
    const member = await storage.members.get(input.chat_id, caller.user_id);
    if (!member || member.left_at !== null) throw new MessengerError('NOT_A_MEMBER');
    const page = await storage.messages.page({
      chat_id: input.chat_id,
      floor_seq: member.cleared_seq,
      offset: input.offset,
      limit: Math.min(limit ?? limits.page_size, limits.page_size_max),
      ...(input.before_seq !== undefined && { before_seq: input.before_seq }),
      ...(input.after_seq !== undefined && { after_seq: input.after_seq }),
    });
    const marks = await storage.members.marks(input.chat_id);
    return page.map((row) => messageToWire(row, statusOf(row, marks)));
  },
});
