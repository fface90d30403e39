import type { Event, Member } from '@dialect/protocol';
import type { Context, Written } from '../context.js';
import { memberToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { ChatOperation } from '../ports/index.js';
import { presentUser } from '../present.js';

type MemberOperation = Exclude<ChatOperation, { kind: 'append' }>;

/** Changes who is in a chat, and tells everybody in it; the removed hear of it as the last thing. */
export async function changeMember(
  operation: Pick<MemberOperation, 'kind' | 'chat_id' | 'user_id'>,
  context: Context,
): Promise<void> {
  const { storage, caller, clock } = context;
  const [user] = await storage.users.get([operation.user_id]);
  if (!user)
    throw new MessengerError(operation.kind === 'add_member' ? 'USER_NOT_FOUND' : 'MEMBER_NOT_FOUND', {
      field: 'user_id',
    });
  const profile = presentUser(user, context);
  // One event for all of them: what those may see whom the member has blocked is cut on the way to them.
  const members = await storage.members.standings(operation.chat_id);
  const hidden_from = await storage.blocks.of(
    user.id,
    members.map((member) => member.user_id),
  );

  const toEvent = (written: Written): Event => {
    if (written.kind !== 'member') throw new Error('A membership operation was answered with a message.');
    const member: Member = memberToWire(written.member, profile);
    const { chat_id } = operation;
    const event = { type: 'member_changed', chat_id, rev: written.rev, member, by: caller.user_id } as const;
    return hidden_from.length > 0 ? { ...event, hidden_from } : event;
  };
  const base = { chat_id: operation.chat_id, user_id: operation.user_id, actor_id: caller.user_id, at: clock.now() };
  await context.write(
    operation.kind === 'add_member'
      ? { ...base, kind: 'add_member', role: 'member' }
      : { ...base, kind: 'remove_member' },
    toEvent,
  );
}
