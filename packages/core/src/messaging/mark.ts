import type { Marks } from '@dialect/protocol';
import { z } from 'zod';
import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';
import { id, seq } from '../schemas.js';

/** A message by its id or by its number in the chat. */
export const markInput = z
  .object({ chat_id: id, message_id: id.optional(), seq: seq.optional() })
  .refine((input) => input.message_id !== undefined || input.seq !== undefined, {
    path: ['message_id'],
    error: 'is required, or seq',
  });

export async function mark(
  kind: 'read' | 'delivered',
  input: z.output<typeof markInput>,
  context: Context,
): Promise<Marks> {
  const { storage, caller, clock } = context;
  const { chat_id } = input;
  const outcome = await context.mark({
    kind,
    chat_id,
    user_id: caller.user_id,
    seq: input.seq ?? (await seqOf(chat_id, input.message_id as number)),
    at: clock.now(),
  });
  if (outcome.kind === 'refused') throw new MessengerError(outcome.code);
  return { chat_id, user_id: caller.user_id, read_seq: outcome.read_seq, delivered_seq: outcome.delivered_seq };

  async function seqOf(chat: number, message_id: number): Promise<number> {
    const member = await storage.members.get(chat, caller.user_id);
    // Before the look-up: a stranger must not learn which messages exist.
    if (!member || member.left_at !== null) throw new MessengerError('NOT_A_MEMBER');
    const message = await storage.messages.find(chat, message_id);
    if (!message) throw new MessengerError('MESSAGE_NOT_FOUND', { field: 'message_id' });
    return message.seq;
  }
}
