import type { Chat, Member, User } from '@dialect/protocol';
import type { Context, Services } from './context.js';
import { hideProfile } from './domain/blacklist.js';
import { chatToWire, memberToWire, userToWire } from './domain/to-wire.js';
import type { ChatView, MemberRow, UserRow } from './ports/index.js';

/**
 * Rows of the storage together with what only the running process knows (the time, who is online), as the viewer may see
 * them: the one place where a block hides a profile. Whoever answers with people passes here.
 */

/** A profile in full: the caller's own, or for an event that everybody hears. */
export function presentUser(row: UserRow, { clock, presence }: Services): User {
  return userToWire(row, { at: clock.now(), is_online: presence.isOnline(row.id) });
}

/** Others' profiles, as the caller may see them. */
export async function presentUsers(rows: readonly UserRow[], context: Context): Promise<User[]> {
  const show = await showTo(context, rows);
  return rows.map(show);
}

/** Members of a chat, the departed too, who are no longer among `members.of`. */
export async function presentMembers(rows: readonly MemberRow[], context: Context): Promise<Member[]> {
  const users = await context.storage.users.get(rows.map((row) => row.user_id));
  const show = await showTo(context, users);
  const byId = new Map(users.map((user) => [user.id, show(user)]));
  return rows.map((row) => memberToWire(row, byId.get(row.user_id) as User));
}

export async function presentChats(views: readonly ChatView[], context: Context): Promise<Chat[]> {
  const members = await context.storage.members.of(views.map((view) => view.chat.id));
  const show = await showTo(
    context,
    members.map((member) => member.user),
  );
  const byChat = new Map<number, Member[]>(views.map((view) => [view.chat.id, []]));
  for (const member of members) byChat.get(member.chat_id)?.push(memberToWire(member, show(member.user)));
  return views.map((view) => chatToWire(view, byChat.get(view.chat.id) ?? []));
}

/** How the caller sees people: asked once for all of them, and not at all where there is nobody else. */
async function showTo(context: Context, rows: readonly UserRow[]): Promise<(row: UserRow) => User> {
  const { storage, caller } = context;
  const others = new Set(rows.map((row) => row.id));
  others.delete(caller.user_id);
  const blockers = new Set(others.size > 0 ? await storage.blocks.blockersOf(caller.user_id, [...others]) : []);
  return (row) => {
    const user = presentUser(row, context);
    return blockers.has(row.id) ? hideProfile(user) : user;
  };
}
