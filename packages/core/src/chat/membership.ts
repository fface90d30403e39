import type { Event } from '@dialect/protocol';
import type { Context, Written } from '../context.js';
import { memberToWire } from '../domain/to-wire.js';
import { MessengerError } from '../errors.js';
import type { OperationOf } from '../ports/index.js';
import { presentUser } from '../present.js';
import { writtenAs } from '../write-result.js';

type MemberOperation = OperationOf<'add_member' | 'remove_member' | 'set_nickname'>;
type Given<O> = O extends unknown ? Omit<O, 'actor_id' | 'at'> : never;

/** Changes who is in a chat, and tells everybody in it; the removed hear of it as the last thing. */
export async function changeMember(change: Given<MemberOperation>, context: Context): Promise<void> {
  const { storage, caller, clock } = context;
  const { chat_id } = change;
  const [user] = await storage.users.get([change.user_id]);
  if (!user) {
    throw new MessengerError(change.kind === 'add_member' ? 'USER_NOT_FOUND' : 'MEMBER_NOT_FOUND', {
      field: 'user_id',
    });
  }
  const profile = presentUser(user, context);
  // One event for all of them: what those may see whom the member has blocked is cut on the way to them.
  const members = await storage.members.standings(chat_id);
  const hidden_from = await storage.blocks.of(
    user.id,
    members.map((member) => member.user_id),
  );
  const toEvent = (written: Written): Event => {
    const { rev, member } = writtenAs('member', written);
    const shown = memberToWire(member, profile);
    const event = { type: 'member_changed', chat_id, rev, member: shown, by: caller.user_id } as const;
    return hidden_from.length > 0 ? { ...event, hidden_from } : event;
  };
  await context.write({ ...change, actor_id: caller.user_id, at: clock.now() }, toEvent);
}
