import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';
import type { MessageRow, Standing } from '../ports/index.js';

export const notFound = (): MessengerError => new MessengerError('MESSAGE_NOT_FOUND', { field: 'message_id' });

/**
 * A message that the caller can see, and where the members of its chat stand.
 * @throws MESSAGE_NOT_FOUND also for a message of somebody else's chat: nobody learns which ids are taken
 */
export async function findVisible(
  message_id: number,
  { storage, caller }: Context,
): Promise<{ row: MessageRow; standings: Standing[] }> {
  const chat_id = await storage.messages.locate(message_id);
  if (chat_id === null) throw notFound();
  const standings = await storage.members.standings(chat_id);
  const me = standings.find((member) => member.user_id === caller.user_id);
  // Nothing of the message is read for somebody who may not see it.
  const row = me && (await storage.messages.find(chat_id, message_id));
  if (!row || row.deleted_at !== null || row.seq <= me.cleared_seq) throw notFound();
  if (me.hidden_count > 0) {
    const hidden = await storage.messages.hidden({ chat_id, user_id: caller.user_id, floor_seq: row.seq - 1 });
    if (hidden.includes(row.seq)) throw notFound();
  }
  return { row, standings };
}
