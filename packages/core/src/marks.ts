import type { Event } from '@dialect/protocol';
import { createBatcher } from './batcher.js';
import { hiddenFrom } from './domain/blacklist.js';
import { MessengerError } from './errors.js';
import type { Block, MarkOutcome, MarkRequest, Storage } from './ports/index.js';

/** Marks of one user that may wait: nobody can fill the queue for the others. */
const pending_per_user = 2_000;

interface Queued {
  request: MarkRequest;
  /** A send's own mark: the message itself says that its sender has read up to it. */
  is_implied: boolean;
}

export interface Marks {
  mark(request: MarkRequest): Promise<MarkOutcome>;
  /** Marks a sender's own message as read by them. A lost one is harmless and is not waited for. */
  markOwn(request: Omit<MarkRequest, 'kind'>): void;
  drained(): Promise<void>;
}

/** Read and delivered marks, gathered for a moment and written together: a receipt leaves only after its commit. */
export function createMarks(options: { storage: Storage; publish: (event: Event) => void; delay_ms: number }): Marks {
  const { storage, publish, delay_ms } = options;

  const batcher = createBatcher<Queued, MarkOutcome>({
    max: 5_000,
    capacity: 100_000,
    overflow: () => new MessengerError('BUSY', { retry_after_ms: delay_ms }),
    schedule: (run) => setTimeout(run, delay_ms),
    async flush(batch) {
      const merged = merge(batch);
      const entries = [...merged.values()];
      // Before the marks, so that one which fails has moved none.
      const blocks = await storage.blocks.inPrivateChats([...new Set(entries.map(({ request }) => request.chat_id))]);
      const outcomes = await storage.members.advance(entries.map((entry) => entry.request));
      entries.forEach((entry, index) => {
        const outcome = outcomes[index] as MarkOutcome;
        entry.outcome = outcome;
        const event = toMarkEvent(entry.request, outcome, { is_implied: entry.is_implied, blocks });
        if (event) publish(event);
      });
      return batch.map(({ request }) => merged.get(keyOf(request))?.outcome as MarkOutcome);
    },
  });

  const pending = new Map<number, number>();

  async function add(queued: Queued): Promise<MarkOutcome> {
    const { user_id } = queued.request;
    const count = pending.get(user_id) ?? 0;
    if (count >= pending_per_user) throw new MessengerError('TOO_MANY_REQUESTS', { retry_after_ms: delay_ms });
    pending.set(user_id, count + 1);
    try {
      return await batcher.add(queued);
    } finally {
      const left = (pending.get(user_id) ?? 1) - 1;
      if (left > 0) pending.set(user_id, left);
      else pending.delete(user_id);
    }
  }

  return {
    mark: (request) => add({ request, is_implied: false }),
    markOwn(request) {
      add({ request: { kind: 'read', ...request }, is_implied: true }).catch(() => undefined);
    },
    drained: () => batcher.drained(),
  };
}

/** The receipt of a mark that moved; null for one that stood there already, or was refused. */
export function toMarkEvent(
  request: MarkRequest,
  outcome: MarkOutcome,
  { is_implied, blocks }: { is_implied: boolean; blocks: readonly (Block & { chat_id: number })[] },
): Event | null {
  if (outcome.kind !== 'marked' || !outcome.moved_to) return null;
  const { seq, message_id } = outcome.moved_to;
  const { kind, chat_id, user_id } = request;
  const type = kind === 'read' ? 'message_read' : 'message_delivered';
  const event = { type, chat_id, user_id, seq, message_id, last_read_id: message_id, is_implied } as const;
  const here = blocks.filter((block) => block.chat_id === chat_id);
  const hidden_from = hiddenFrom('private_receipt', user_id, here);
  return hidden_from.length > 0 ? { ...event, hidden_from } : event;
}

const keyOf = ({ kind, chat_id, user_id }: MarkRequest): string => `${kind}:${chat_id}:${user_id}`;

/** One request per kind, chat and user: the furthest. */
function merge(batch: readonly Queued[]): Map<string, Queued & { outcome?: MarkOutcome }> {
  const merged = new Map<string, Queued & { outcome?: MarkOutcome }>();
  for (const { request, is_implied } of batch) {
    const known = merged.get(keyOf(request));
    if (!known) {
      merged.set(keyOf(request), { request, is_implied });
      continue;
    }
    if (request.seq > known.request.seq) known.request = request;
    known.is_implied &&= is_implied;
  }
  return merged;
}
