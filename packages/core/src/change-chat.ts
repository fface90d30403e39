import type { EventOf } from '@dialect/protocol';
import type { Context, Written } from './context.js';
import type { ChatRow, OperationOf, OutcomeOf } from './ports/index.js';
import { writtenAs } from './write-result.js';

type Kind = 'update_chat' | 'clear_history' | 'delete_chat';
type Given<O> = O extends unknown ? Omit<O, 'actor_id' | 'at'> : never;
type ChatEvent = EventOf<'chat_updated' | 'chat_history_cleared' | 'chat_deleted'>;

/** What everybody in the chat is told of each change. */
const events: { [K in Kind]: (chat: ChatRow, by: number) => ChatEvent } = {
  update_chat: ({ id, rev, chat_name, avatar_url }, by) => ({
    type: 'chat_updated',
    chat_id: id,
    rev,
    chat_name,
    avatar_url,
    by,
  }),
  clear_history: ({ id, rev, cleared_seq }, by) => ({
    type: 'chat_history_cleared',
    chat_id: id,
    rev,
    for_everyone: true,
    seq: cleared_seq,
    by,
  }),
  delete_chat: ({ id, rev, chat_type }, by) => ({
    type: 'chat_deleted',
    chat_id: id,
    rev,
    chat_type,
    for_everyone: true,
    by,
  }),
};

/**
 * Changes the chat itself, for everyone. Where it is so already, nobody is told again.
 */
export async function changeChat(change: Given<OperationOf<Kind>>, context: Context): Promise<OutcomeOf<'chat'>> {
  const { caller, clock } = context;
  const toEvent = (written: Written) => events[change.kind](writtenAs('chat', written).chat, caller.user_id);
  const { written } = await context.write({ ...change, actor_id: caller.user_id, at: clock.now() }, toEvent);
  return writtenAs('chat', written);
}
