import { z } from 'zod';
import { time } from '../domain/to-wire.js';
import { id } from '../schemas.js';
import { defineUseCase } from '../use-case.js';
import { findVisible } from './visible.js';

/** Which of the others have read a message, and when their mark first reached it. Who joined later has not read it. */
export const readers = defineUseCase({
  name: 'messages.readers',
  summary: 'Who has read a message, and when',
  description:
    'Those of the others whose read mark has reached the message, and when it did. Who joined later is not among them.',
  errors: ['MESSAGE_NOT_FOUND'],
  access: 'user',
  input: z.object({ message_id: id }),
  output: z.array(z.object({ user_id: id, read_at: z.iso.datetime() })),
  async run({ message_id }, context) {
    const { row, standings } = await findVisible(message_id, context);
    const others = standings.filter(({ user_id, joined_seq }) => user_id !== row.sender_id && joined_seq < row.seq);
    const ids = new Set(others.map(({ user_id }) => user_id));
    const found = await context.storage.messages.readers(row.chat_id, row.seq);
    return found
      .filter(({ user_id }) => ids.has(user_id))
      .map(({ user_id, read_at }) => ({ user_id, read_at: time(read_at) }));
  },
});
