import type { Chat, Member, User } from '@dialect/protocol';
import type { Services } from './context.js';
import { chatToWire, memberToWire, userToWire } from './domain/to-wire.js';
import type { ChatView, MemberRow, UserRow } from './ports/index.js';

/** Rows of the storage together with what only the running process knows (the time, who is online). */

export function presentUser(row: UserRow, { clock, presence }: Services): User {
  return userToWire(row, { at: clock.now(), is_online: presence.isOnline(row.id) });
}

export function presentMember(row: MemberRow & { user: UserRow }, services: Services): Member {
  return memberToWire(row, presentUser(row.user, services));
}

/** Departed members of a chat, who are no longer among `members.of`. */
export async function presentMembers(rows: readonly MemberRow[], services: Services): Promise<Member[]> {
  const users = await services.storage.users.get(rows.map((row) => row.user_id));
  const byId = new Map(users.map((user) => [user.id, user]));
  return rows.map((row) => presentMember({ ...row, user: byId.get(row.user_id) as UserRow }, services));
}

export async function presentChats(views: readonly ChatView[], services: Services): Promise<Chat[]> {
  const members = await services.storage.members.of(views.map((view) => view.chat.id));
  const byChat = new Map<number, Member[]>(views.map((view) => [view.chat.id, []]));
  for (const member of members) byChat.get(member.chat_id)?.push(presentMember(member, services));
  return views.map((view) => chatToWire(view, byChat.get(view.chat.id) ?? []));
}
