import type { ErrorCode } from '@dialect/protocol';
import type { ChatOperation, Decide, Facts, OperationOf } from '../ports/chats.js';
import type { MemberRow } from '../ports/members.js';
import type { MessageRow } from '../ports/messages.js';
import { blacklist } from './blacklist.js';
import { canReact } from './reactions.js';

type Kind = ChatOperation['kind'];
type Limits = { group_members: number };
type Rule<K extends Kind> = (operation: OperationOf<K>, facts: Facts, limits: Limits) => ErrorCode | null;

const mayPost: Rule<'append'> = (_, { is_blocked, reference_exists }) => {
  if (is_blocked) return blacklist.private_message.of_blocked;
  return reference_exists ? null : 'MESSAGE_NOT_FOUND';
};

/** What is written is its author's alone, and says nothing new to somebody who has blocked them. */
const mayEdit: Rule<'edit_message'> = ({ actor_id, if_rev }, facts) => {
  const refused = refuseOnMessage(facts, 'private_edit');
  if (refused) return refused;
  const message = facts.message as MessageRow;
  if (message.sender_id !== actor_id) return 'FORBIDDEN';
  return if_rev !== null && if_rev !== message.rev ? 'CONFLICT' : null;
};

/** The author, or the owner of the group (Dialect's rule). Taking back is possible for the blocked too. */
const mayDelete: Rule<'delete_message'> = ({ actor_id }, { message, actor }) => {
  if (!message) return 'MESSAGE_NOT_FOUND';
  if (message.message_type === 'system') return 'FORBIDDEN';
  return message.sender_id === actor_id || actor?.role === 'owner' ? null : 'FORBIDDEN';
};

/** Any member (Dialect's rule). */
const mayPin: Rule<'pin_message'> = (_, facts) => refuseOnMessage(facts, 'private_pin');

const mayReact: Rule<'react'> = ({ emoji, is_on }, facts) => {
  const refused = refuseOnMessage(facts, 'private_reaction');
  if (refused) return refused;
  return is_on && !canReact(facts.message as MessageRow, emoji) ? 'TOO_MANY_REACTIONS' : null;
};

function refuseOnMessage(
  { message, is_blocked }: Facts,
  cell: 'private_edit' | 'private_pin' | 'private_reaction',
): ErrorCode | null {
  if (!message) return 'MESSAGE_NOT_FOUND';
  if (message.message_type === 'system') return 'FORBIDDEN';
  return is_blocked ? blacklist[cell].of_blocked : null;
}

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

/** Oneself, or the owner anyone (Dialect's rule); in a private chat only oneself. */
const mayNickname: Rule<'set_nickname'> = (operation, { actor, target, is_blocked }) => {
  if (operation.user_id !== operation.actor_id && actor?.role !== 'owner') return 'FORBIDDEN';
  if (is_blocked) return blacklist.private_nickname.of_blocked;
  return isPresent(target) ? null : 'MEMBER_NOT_FOUND';
};

const mayUpdate: Rule<'update_chat'> = (_, { chat, actor }) => {
  if (chat.chat_type === 'private') return 'CHAT_IS_PRIVATE';
  return actor?.role === 'owner' ? null : 'FORBIDDEN';
};

/** The owner of a group, and either side of a private chat (Dialect's rule). */
const mayClear = (_: unknown, { chat, actor, is_blocked }: Facts): ErrorCode | null => {
  if (is_blocked) return blacklist.private_clear.of_blocked;
  return chat.chat_type === 'private' || actor?.role === 'owner' ? null : 'FORBIDDEN';
};

const rules: { [K in Kind]: Rule<K> } = {
  append: mayPost,
  edit_message: mayEdit,
  delete_message: mayDelete,
  pin_message: mayPin,
  react: mayReact,
  add_member: mayAdd,
  remove_member: mayRemove,
  set_nickname: mayNickname,
  update_chat: mayUpdate,
  clear_history: mayClear,
  delete_chat: mayClear,
};

/** Who may change a chat, and how: asked by the storage under the chat's lock. */
export function createDecide(limits: Limits): Decide {
  return (operation, facts) => {
    if (!isPresent(facts.actor)) return 'NOT_A_MEMBER';
    // The table pairs each kind with its own rule; the compiler cannot follow that through the lookup.
    const rule = rules[operation.kind] as Rule<typeof operation.kind>;
    return rule(operation as never, facts, limits);
  };
}

function isPresent(member: MemberRow | null): boolean {
  return member !== null && member.left_at === null;
}
