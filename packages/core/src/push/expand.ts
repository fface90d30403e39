import type { Clock, NewPush, OutboxRow, Storage } from '../ports/index.js';
import type { Presence } from '../presence.js';
import { isMuted, mentionsOf } from './muted.js';

const batch = 1_000;

/**
 * Makes pushes of what stands in the outbox: for each member who has to hear of it one per chat, about the newest
 * message; for who has muted the chat about the newest that mentions them, whose place no other message may take. Who is
 * connected gets time for their device to acknowledge it. False: there was nothing.
 */
export async function expandOutbox(
  parts: { storage: Storage; presence: Presence; clock: Clock },
  { hold_ms }: { hold_ms: number },
): Promise<boolean> {
  const { storage, presence, clock } = parts;
  const rows = await storage.pushes.outbox(batch);
  if (rows.length === 0) return false;
  const now = clock.now();
  const chats: { chat_id: number; seq: number; pushes: NewPush[] }[] = [];
  // One after another: push takes no more than one connection to the database from those who send.
  for (const [chat_id, sent] of groupBy(rows, 'chat_id')) {
    const pushes = new Map<number, NewPush>();
    for (const [sender_id, own] of groupBy(sent, 'sender_id')) {
      const newest = own.at(-1);
      const mentioning = newestMentioning(own);
      for (const { user_id, ...stands } of await storage.pushes.recipients(chat_id, sender_id)) {
        const row = isMuted(stands, now) ? mentioning.get(user_id) : newest;
        const has_up_to = Math.max(stands.joined_seq, stands.delivered_seq, stands.cleared_seq);
        // Another sender's may be newer.
        if (!row || Math.max(has_up_to, pushes.get(user_id)?.seq ?? 0) >= row.seq) continue;
        const due_at = presence.isFocused(user_id, chat_id) ? now + hold_ms : now;
        pushes.set(user_id, { user_id, seq: row.seq, at: row.at, due_at });
      }
    }
    chats.push({ chat_id, seq: sent.at(-1)?.seq ?? 0, pushes: [...pushes.values()] });
  }
  await storage.pushes.expand(chats);
  return true;
}

/** In each group the rows keep their order: within a chat the oldest first. */
function groupBy(rows: readonly OutboxRow[], key: 'chat_id' | 'sender_id'): Map<number, OutboxRow[]> {
  const groups = new Map<number, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group) group.push(row);
    else groups.set(row[key], [row]);
  }
  return groups;
}

/** By user, of these messages the newest that mentions them. */
function newestMentioning(rows: readonly OutboxRow[]): Map<number, OutboxRow> {
  return new Map(rows.flatMap((row) => mentionsOf(row).map((user_id) => [user_id, row] as const)));
}
