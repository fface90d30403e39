import type { ErrorCode } from '@dialect/protocol';
import type { ChatOperation, Decide, Facts } from '../ports/chats.js';
import { blacklist } from './blacklist.js';

type Rule<K extends ChatOperation['kind']> = (
  operation: Extract<ChatOperation, { kind: K }>,
  facts: Facts,
  limits: { group_members: number },
) => ErrorCode | null;

const mayPost: Rule<'append'> = (_, { is_blocked, reference_exists }) => {
  if (is_blocked) return blacklist.private_message.of_blocked;
  return reference_exists ? null : 'MESSAGE_NOT_FOUND';
};

/** Any member may add (Dialect's rule), but nobody those who have blocked them. */
const mayAdd: Rule<'add_member'> = (_, { chat, target, member_count, is_blocked, reference_exists }, limits) => {
  if (chat.chat_type === 'private') return 'CHAT_IS_PRIVATE';
  if (!reference_exists) return 'USER_NOT_FOUND';
  if (isPresent(target)) return 'ALREADY_A_MEMBER';
  if (is_blocked) return blacklist.add_to_group.of_blocked;
  return member_count >= limits.group_members ? 'GROUP_FULL' : null;
};

/** The owner removes anyone else; everybody else only themselves. Nobody leaves a private chat. */
const mayRemove: Rule<'remove_member'> = (operation, { chat, actor, target }) => {
  if (chat.chat_type === 'private') return 'CHAT_IS_PRIVATE';
  const is_self = operation.user_id === operation.actor_id;
  // A group without an owner could never again be governed.
  if (is_self) return actor?.role === 'owner' ? 'OWNER_CANNOT_LEAVE' : null;
  if (actor?.role !== 'owner') return 'FORBIDDEN';
  return isPresent(target) ? null : 'MEMBER_NOT_FOUND';
};

const rules: { [K in ChatOperation['kind']]: Rule<K> } = {
  append: mayPost,
  add_member: mayAdd,
  remove_member: mayRemove,
};

/** Who may change a chat, and how: asked by the storage under the chat's lock. */
export function createDecide(limits: { group_members: number }): Decide {
  return (operation, facts) => {
    if (!isPresent(facts.actor)) return 'NOT_A_MEMBER';
    // The table pairs each kind with its own rule; the compiler cannot follow that through the lookup.
    const rule = rules[operation.kind] as Rule<typeof operation.kind>;
    return rule(operation as never, facts, limits);
  };
}

function isPresent(member: { left_at: number | null } | null): boolean {
  return member !== null && member.left_at === null;
}
