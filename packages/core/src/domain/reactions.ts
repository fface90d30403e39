import type { Reaction } from '@dialect/protocol';
import { readMeta, writeMeta } from './message-meta.js';

/** Different reactions on one message: they travel with it to everybody. */
const max_kinds = 20;

/** Whether the message has room for this reaction. */
export function canReact(row: { meta: string | null }, emoji: string): boolean {
  const { reactions = [] } = readMeta(row);
  return reactions.length < max_kinds || reactions.some((reaction) => reaction.emoji === emoji);
}

/** The meta of the message with the user's reaction on or off; the text as it was when that changes nothing. */
export function withReaction(
  row: { meta: string | null },
  { emoji, user_id, is_on }: { emoji: string; user_id: number; is_on: boolean },
): string | null {
  const meta = readMeta(row);
  const before = meta.reactions ?? [];
  const known = before.find((reaction) => reaction.emoji === emoji);
  if ((known?.user_ids.includes(user_id) ?? false) === is_on) return row.meta;
  const user_ids = is_on
    ? [...(known?.user_ids ?? []), user_id]
    : (known as Reaction).user_ids.filter((id) => id !== user_id);
  const changed: Reaction = { emoji, user_ids };
  // In the order in which they first came, so that nothing jumps about while people look.
  const reactions = known ? before.map((reaction) => (reaction === known ? changed : reaction)) : [...before, changed];
  return writeMeta({ ...meta, reactions: reactions.filter((reaction) => reaction.user_ids.length > 0) });
}
