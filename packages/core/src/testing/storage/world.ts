import { createDecide } from '../../domain/decide.js';
import type { ChatOperation, MemberRow, MessageRow, Storage, WriteOutcome } from '../../ports/index.js';

/** Words for the cases: people, chats and what happens in them. */

export const start_at = Date.UTC(2026, 0, 1);
export const decide = createDecide({ group_members: 30 });

let made = 0;
export const unique = (): string => `x${++made}`;

/** The ids of so many new users, ascending. */
export async function people(storage: Storage, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    const user = await storage.users.upsert({ external_id: unique(), first_name: `Person ${index}`, at: start_at });
    ids.push(user.id);
  }
  return ids;
}

/** The id of a new group; the first member is its owner. */
export async function group(storage: Storage, member_ids: readonly number[], at = start_at): Promise<number> {
  const owner_id = member_ids[0] as number;
  const { chat } = await storage.chats.createGroup({
    owner_id,
    client_id: unique(),
    chat_name: 'A group',
    member_ids,
    at,
  });
  return chat.id;
}

export async function privateChat(storage: Storage, a: number, b: number): Promise<number> {
  return (await storage.chats.openPrivate({ user_ids: [a, b], at: start_at })).chat.id;
}

type Append = Extract<ChatOperation, { kind: 'append' }>;

export function append(chat_id: number, actor_id: number, given: Partial<Append> = {}): Append {
  return {
    kind: 'append',
    chat_id,
    actor_id,
    client_id: unique(),
    content: 'hello',
    message_type: 'text',
    reply_to_id: null,
    at: start_at,
    ...given,
  };
}

export function add(chat_id: number, actor_id: number, user_id: number, at = start_at): ChatOperation {
  return { kind: 'add_member', chat_id, actor_id, user_id, role: 'member', at };
}

export function remove(chat_id: number, actor_id: number, user_id: number, at = start_at): ChatOperation {
  return { kind: 'remove_member', chat_id, actor_id, user_id, at };
}

export function write(storage: Storage, ...operations: ChatOperation[]): Promise<WriteOutcome[]> {
  return storage.chats.write(operations, decide);
}

/** Writes that must all pass. */
export async function mustWrite(storage: Storage, ...operations: ChatOperation[]): Promise<WriteOutcome[]> {
  const outcomes = await write(storage, ...operations);
  const refused = outcomes.find((outcome) => outcome.kind === 'refused');
  if (refused) throw new Error(`A write was refused: ${JSON.stringify(refused)}`);
  return outcomes;
}

export async function post(storage: Storage, chat_id: number, actor_id: number, count = 1): Promise<MessageRow[]> {
  const outcomes = await mustWrite(storage, ...Array.from({ length: count }, () => append(chat_id, actor_id)));
  return outcomes.map(messageOf);
}

export function messageOf(outcome: WriteOutcome | undefined): MessageRow {
  if (outcome?.kind !== 'message') throw new Error(`Not a message: ${JSON.stringify(outcome)}`);
  return outcome.message;
}

/** `message`, `member`, `chat`, `duplicate`, or the code of a refusal. */
export function verdict(outcome: WriteOutcome | undefined): string {
  if (outcome?.kind === 'refused') return outcome.code;
  return outcome?.duplicate ? 'duplicate' : (outcome?.kind ?? 'nothing');
}

/** Every message of the chat, in ascending `seq`. */
export async function messagesOf(storage: Storage, chat_id: number): Promise<MessageRow[]> {
  const all: MessageRow[] = [];
  for (;;) {
    const after_seq = all.at(-1)?.seq ?? 0;
    const page = await storage.messages.page({ chat_id, floor_seq: 0, after_seq, limit: 5_000, offset: 0 });
    if (page.length === 0) return all;
    for (const message of page) all.push(message);
  }
}

export async function memberOf(storage: Storage, chat_id: number, user_id: number): Promise<MemberRow> {
  const member = await storage.members.get(chat_id, user_id);
  if (!member) throw new Error(`User ${user_id} was never in chat ${chat_id}.`);
  return member;
}

/** 1, 2, ... `count`. */
export const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index);

/**
 * Looks again and again while the work goes on, and returns how often. No turn of the event loop lies in between: with a
 * driver that answers at once, both go on within the same one.
 */
export async function lookWhile(work: Promise<unknown>, look: () => Promise<unknown>): Promise<number> {
  let is_working = true;
  const done = work.finally(() => {
    is_working = false;
  });
  let looks = 0;
  try {
    for (; is_working; looks++) await look();
  } finally {
    await done;
  }
  return looks;
}

/** These ids first and last, and between them more of nobody than any database takes as parameters of one statement. */
export const amongStrangers = (...ids: readonly number[]): number[] => [...ids, ...upTo(70_000, 1_000_000), ...ids];
