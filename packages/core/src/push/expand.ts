import type { Clock, NewPush, OutboxRow, Storage } from '../ports/index.js';
import type { Presence } from '../presence.js';
import { isMuted, mentionsOf } from './muted.js';

const batch = 1_000;

/**
 * Makes pushes of what stands in the outbox: for each member who has to hear of it one per chat, about the newest
 * message; for who has muted the chat about the newest that mentions them, whose place no other message may take. Who is
 * connected gets time for their device to acknowledge it.
 * @returns in how many milliseconds there is more to do, 0 for at once; null when the outbox is empty
 */
export async function expandOutbox(
  parts: { storage: Storage; presence: Presence; clock: Clock },
  { gather_ms, hold_ms }: { gather_ms: number; hold_ms: number },
): Promise<number | null> {
  const { storage, presence, clock } = parts;
  const rows = await storage.pushes.outbox(batch);
  if (rows.length === 0) return null;
  const now = clock.now();
  let wait_ms = gather_ms;
  const chats: { chat_id: number; seq: number; pushes: NewPush[] }[] = [];
  // One after another: push takes no more than one connection to the database from those who send.
  for (const [chat_id, sent] of groupBy(rows, 'chat_id')) {
    // Whoever looks, for whatever reason and on whichever node, leaves a chat alone that is still being gathered. What
    // another node's clock has put into the future waits for nothing.
    const age_ms = now - (sent[0] as OutboxRow).at;
    if (age_ms >= 0 && age_ms < gather_ms) {
      wait_ms = Math.min(wait_ms, gather_ms - age_ms);
      continue;
    }
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
  if (chats.length === 0) return wait_ms;
  await storage.pushes.expand(chats);
  return 0;
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
