import type { Output } from '@dialect/protocol';
import type { Context } from '../context.js';
import type { Limits } from '../options.js';
import type { OperationOf, Rate } from '../ports/index.js';
import { toMessageCreated } from '../write-result.js';

export const sendRate = ({ messages_per_second }: Limits): Rate => ({
  burst: messages_per_second * 2,
  per_second: messages_per_second,
});

/** Writes a message of the caller's into a chat. */
export async function append(
  draft: Omit<OperationOf<'append'>, 'kind' | 'actor_id' | 'at' | 'notify'>,
  context: Context,
): Promise<Output<'messages.send'>> {
  const { caller, clock } = context;
  const { chat_id, client_id, content, message_type, reply_to_id, meta = null, media_names = [] } = draft;
  const at = clock.now();
  // Field by field, and always the same ones: to spread the draft cost a tenth of a whole send.
  const operation: OperationOf<'append'> = {
    kind: 'append',
    chat_id,
    actor_id: caller.user_id,
    client_id,
    content,
    message_type,
    reply_to_id,
    meta,
    media_names,
    at,
    notify: context.has_push,
  };
  const { written, is_repeat, event } = await context.write(operation, toMessageCreated);
  const { message } = event ?? toMessageCreated(written);
  if (!is_repeat) context.markOwn({ chat_id: draft.chat_id, user_id: caller.user_id, seq: message.seq, at });
  return { ...message, duplicate: is_repeat };
}
