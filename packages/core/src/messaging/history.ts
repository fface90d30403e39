import { z } from 'zod';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { Standing } from '../ports/index.js';
import { id, messageSchema, seq } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/**
 * Messages of a chat, newest first: by `limit` and `offset` as the seeds page, or from any message by `before_seq`
 * (older, newest first) and `after_seq` (newer, oldest first), which never skip or repeat while people write.
 */
export const history = defineUseCase({
  name: 'messages.history',
  summary: 'Messages of a chat, newest first',
  description:
    'By `limit` and `offset`, or from any message by `before_seq` (older) or `after_seq` (newer, oldest first), which never skip or repeat while people write.',
  errors: ['NOT_A_MEMBER'],
  example: { chat_id: 7, limit: 50, before_seq: 120 },
  access: 'user',
  input: z
    .object({
      chat_id: id,
      limit: z.int().min(1).optional(),
      offset: z.int().min(0).default(0),
      before_seq: seq.optional(),
      after_seq: seq.optional(),
      with_system: z.boolean().default(false),
    })
    .refine((input) => input.before_seq === undefined || input.after_seq === undefined, {
      path: ['after_seq'],
      error: 'cannot be combined with before_seq',
    }),
  output: z.array(messageSchema),
  async run(
    { limit: wanted, chat_id, offset, before_seq, after_seq, with_system },
    { storage, caller, limits, newestPages },
  ) {
    const standings = await storage.members.standings(chat_id);
    const me = mustBeAmong(standings, caller.user_id);
    const floor_seq = me.cleared_seq;
    const limit = Math.min(wanted ?? limits.page_size, limits.page_size_max);
    const has_hidden = me.hidden_count > 0;
    if (offset === 0 && before_seq === undefined && after_seq === undefined && !has_hidden) {
      const messages = await newestPages.read({ chat_id, standings, floor_seq, limit, with_system });
      await recheck(messages);
      return messages;
    }
    const edges = { ...(before_seq !== undefined && { before_seq }), ...(after_seq !== undefined && { after_seq }) };
    const rows = await storage.messages.page({
      chat_id,
      floor_seq,
      limit,
      offset,
      ...edges,
      without_system: !with_system,
      ...(has_hidden && { hidden_from: caller.user_id }),
    });
    await recheck(rows);
    return rows.map((row) => messageToWire(row, statusOf(row, standings)));

    /** Rows newer than the look at the members may be from after the caller's removal: then they are not theirs. */
    async function recheck(page: readonly { rev: number }[]): Promise<void> {
      if (page.some((row) => row.rev > me.chat_rev)) {
        mustBeAmong(await storage.members.standings(chat_id), caller.user_id);
      }
    }
  },
});

function mustBeAmong(standings: readonly Standing[], user_id: number): Standing {
  const me = standings.find((member) => member.user_id === user_id);
  if (!me) throw new MessengerError('NOT_A_MEMBER');
  return me;
}
