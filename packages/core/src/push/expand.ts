import type { Clock, NewPush, OutboxRow, Storage } from '../ports/index.js';
import type { Presence } from '../presence.js';

const batch = 1_000;

/**
 * Makes pushes of what stands in the outbox: for each member who has to hear of it one per chat, about the newest
 * message. Who is connected gets time for their device to acknowledge it. False: there was nothing.
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
  for (const [chat_id, newest] of newestOfSenders(rows)) {
    const pushes = new Map<number, NewPush>();
    for (const { sender_id, seq, at } of newest) {
      for (const { user_id, ...stands } of await storage.pushes.recipients(chat_id, sender_id)) {
        if (Math.max(stands.joined_seq, stands.delivered_seq, stands.cleared_seq) >= seq) continue;
        const due_at = presence.isFocused(user_id, chat_id) ? now + hold_ms : now;
        pushes.set(user_id, { user_id, seq, at, due_at });
      }
    }
    chats.push({ chat_id, seq: newest.at(-1)?.seq ?? 0, pushes: [...pushes.values()] });
  }
  await storage.pushes.expand(chats);
  return true;
}

/** By chat, ascending; the newest message of each of its senders, oldest first. */
function newestOfSenders(rows: readonly OutboxRow[]): Map<number, OutboxRow[]> {
  const chats = new Map<number, Map<number, OutboxRow>>();
  for (const row of rows) {
    const senders = chats.get(row.chat_id) ?? new Map<number, OutboxRow>();
    chats.set(row.chat_id, senders);
    const known = senders.get(row.sender_id);
    if (!known || known.seq < row.seq) senders.set(row.sender_id, row);
  }
  const sorted = [...chats].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([chat_id, senders]) => [chat_id, [...senders.values()].sort((a, b) => a.seq - b.seq)]));
}
