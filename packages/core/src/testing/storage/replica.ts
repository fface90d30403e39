import type { MemberRow, MessageRow, Storage } from '../../ports/index.js';
import type { Random } from '../random.js';
import { add, append, memberOf, messagesOf, remove } from './world.js';

/** What somebody knows of a chat who hears of it through `changes` only. */
export interface Replica {
  chat_id: number;
  head: number;
  messages: Map<number, MessageRow>;
  members: Map<number, MemberRow>;
}

export const emptyReplica = (chat_id: number): Replica => ({
  chat_id,
  head: 0,
  messages: new Map(),
  members: new Map(),
});

/** Asks for one page and applies it as a client does. Returns whether there is more, and complains of a wrong page. */
export async function pull(storage: Storage, replica: Replica, limit: number, floor_seq = 0): Promise<boolean> {
  const { chat_id, head } = replica;
  const page = await storage.chats.changes({ chat_id, since: head, floor_seq, limit });
  if (!page) throw new Error('The chat is gone.');
  for (const rows of [page.members, page.messages]) {
    const revs = rows.map((row) => row.rev);
    if (revs.some((rev) => rev <= head)) throw new Error(`A row at or below ${head} came again.`);
    if (revs.some((rev, index) => rev < (revs[index - 1] ?? 0))) throw new Error(`Not in ascending rev: ${revs}`);
    if (page.more && revs.some((rev) => rev > page.to))
      throw new Error(`Rows above ${page.to} in a page that was cut.`);
  }
  if (page.to < head || (page.more && page.to === head)) throw new Error(`Paging does not move on from ${head}.`);
  if (page.messages.some((message) => message.seq <= floor_seq)) throw new Error('A message below the floor.');
  const known = (row: { rev: number } | undefined, rev: number) => row !== undefined && row.rev >= rev;
  for (const row of page.messages)
    if (!known(replica.messages.get(row.seq), row.rev)) replica.messages.set(row.seq, row);
  for (const row of page.members)
    if (!known(replica.members.get(row.user_id), row.rev)) replica.members.set(row.user_id, row);
  replica.head = page.to;
  return page.more;
}

/** Pulls until nothing is left, in pages of varying size. */
export async function pullAll(storage: Storage, replica: Replica, limitOf: () => number, floor_seq = 0): Promise<void> {
  while (await pull(storage, replica, limitOf(), floor_seq));
}

type MemberState = Pick<MemberRow, 'user_id' | 'left_at' | 'role' | 'joined_seq' | 'rev'>;

/** The tables' own state in the form of a replica; marks are left out, because they are no change of a chat. */
export async function truth(storage: Storage, chat_id: number, user_ids: readonly number[]) {
  const members: MemberState[] = [];
  for (const user_id of user_ids) {
    if (await storage.members.get(chat_id, user_id)) members.push(stateOf(await memberOf(storage, chat_id, user_id)));
  }
  return { messages: await messagesOf(storage, chat_id), members };
}

export function known(replica: Replica, user_ids: readonly number[]) {
  return {
    messages: [...replica.messages.values()].sort((a, b) => a.seq - b.seq),
    members: user_ids.flatMap((id) => stateOf(replica.members.get(id)) ?? []),
  };
}

function stateOf(row: MemberRow): MemberState;
function stateOf(row: MemberRow | undefined): MemberState | undefined;
function stateOf(row: MemberRow | undefined): MemberState | undefined {
  if (!row) return undefined;
  const { user_id, left_at, role, joined_seq, rev } = row;
  return { user_id, left_at, role, joined_seq, rev };
}

/** Something that happens in the group, of which the first user is the owner. Refusals are welcome. */
export function happening(chat_id: number, ids: readonly number[], random: Random) {
  const owner = ids[0] as number;
  const what = random.int(10);
  const user_id = random.pick(ids);
  if (what < 7) return append(chat_id, user_id);
  return what < 8 ? remove(chat_id, owner, user_id) : add(chat_id, owner, user_id);
}
