import { z } from 'zod';
import { statusOf } from '../domain/receipts.js';
import { messageToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import { id, messageSchema } from '../schemas.js';
import { defineUseCase } from '../use-case.js';

/** The pinned messages of a chat, the latest pinned first; none of those that the caller has cleared or deleted. */
export const pins = defineUseCase({
  name: 'messages.pins',
  summary: 'Pinned messages of a chat',
  description: 'The latest pinned first.',
  errors: ['NOT_A_MEMBER'],
  access: 'user',
  input: z.object({
    chat_id: id,
    limit: z.int().min(1).max(100).default(50),
    offset: z.int().min(0).default(0),
  }),
  output: z.array(messageSchema),
  async run({ chat_id, limit, offset }, { storage, caller }) {
    const standings = await storage.members.standings(chat_id);
    const me = standings.find((member) => member.user_id === caller.user_id);
    if (!me) throw new MessengerError('NOT_A_MEMBER');
    const floor_seq = me.cleared_seq;
    const rows = await storage.messages.pinned({ chat_id, floor_seq, limit, offset });
    const hidden = new Set(
      me.hidden_count > 0 ? await storage.messages.hidden({ chat_id, user_id: me.user_id, floor_seq }) : [],
    );
    return rows.filter(({ seq }) => !hidden.has(seq)).map((row) => messageToWire(row, statusOf(row, standings)));
  },
});
