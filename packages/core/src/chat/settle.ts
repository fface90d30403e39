import type { Context } from '../context.js';
import { MessengerError } from '../errors.js';
import type { MemberRow, Members } from '../ports/index.js';

/** What the caller settles for themselves in a chat. @throws NOT_A_MEMBER */
export async function settle(
  settings: Omit<Parameters<Members['settle']>[0], 'user_id'>,
  { storage, caller }: Context,
): Promise<MemberRow> {
  const member = await storage.members.settle({ ...settings, user_id: caller.user_id });
  if (!member) throw new MessengerError('NOT_A_MEMBER');
  return member;
}
