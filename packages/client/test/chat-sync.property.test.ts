import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { DurableEvent } from '../src/chat-data.js';
import { createChatSync } from '../src/chat-sync.js';
import type { Changes, Message } from '../src/index.js';
import { createTimers } from '../src/timers.js';
import { chat, me, message, other } from './scripted-peer.js';

/** The server's chat: messages and edits, each with its revision; the rows say all, as in the database. */
function createModel() {
  const rows: Message[] = [];
  const events: DurableEvent[] = [];
  let rev = 1;
  return {
    rows,
    events,
    append(sender_id: number) {
      const row = message(rows.length + 1, { rev: ++rev, sender_id });
      rows.push(row);
      events.push({ type: 'message_created', chat_id: 7, rev, message: row });
    },
    /** There is no event for it yet: the client learns of it by changes. */
    edit(at: number) {
      const row = rows[at % (rows.length || 1)];
      if (row) rows[row.seq - 1] = { ...row, rev: ++rev, content: `${row.content}*` };
    },
    changes(since: number, limit: number): Changes {
      const common = { chat_id: 7, from: since, members: [] };
      if (since === 0) {
        const last = rows.at(-1) ?? null;
        const its = chat({ rev, last_seq: rows.length, last_message: last });
        return { ...common, to: rev, chat: its, messages: rows.slice(-3), snapshot: true, more: false };
      }
      const newer = rows.filter((row) => row.rev > since).sort((a, b) => a.rev - b.rev);
      const messages = newer.slice(0, limit);
      const more = newer.length > limit;
      return { ...common, to: more ? messages.at(-1)!.rev : rev, messages, snapshot: false, more };
    },
  };
}

type Step =
  | { do: 'append'; sender: number }
  | { do: 'edit'; at: number }
  /** An event arrives: one of the last, also again, also before its predecessors. */
  | { do: 'event'; back: number }
  /** An answer that was read now arrives, now or later. */
  | { do: 'read'; since: number; limit: number }
  | { do: 'arrive'; at: number }
  | { do: 'wait'; ms: number }
  | { do: 'reconnect' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('append' as const), sender: fc.constantFrom(me, other) }),
    fc.record({ do: fc.constant('edit' as const), at: fc.nat(20) }),
    fc.record({ do: fc.constant('event' as const), back: fc.nat(4) }),
    fc.record({ do: fc.constant('read' as const), since: fc.nat(30), limit: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ do: fc.constant('arrive' as const), at: fc.nat(3) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 100, 350) }),
    fc.record({ do: fc.constant('reconnect' as const) }),
  ),
  { maxLength: 60 },
);

it('ends with the server’s rows, each told once, whatever order events and pages come in', async () => {
  vi.useFakeTimers();
  try {
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 400 });
  } finally {
    vi.useRealTimers();
  }
});

async function run(script: Step[]): Promise<void> {
  const model = createModel();
  const told: number[] = [];
  const late: Changes[] = [];
  const sync = createChatSync(7, createTimers(), {
    async ask(since) {
      await Promise.resolve();
      const answer = model.changes(since, 2);
      sync.changes(answer);
      return answer;
    },
    isOnline: () => true,
    me: () => me,
    saw() {},
    moved: (_, arrivals) => void told.push(...arrivals.map(({ seq }) => seq)),
    gone() {
      throw new Error('Nobody was removed.');
    },
  });
  sync.changes(model.changes(0, 1));
  const start = model.rows.length;

  for (const step of script) {
    if (step.do === 'append') model.append(step.sender);
    if (step.do === 'edit') model.edit(step.at);
    if (step.do === 'event') {
      const event = model.events.at(-1 - step.back);
      if (event) sync.event(event);
    }
    if (step.do === 'read') late.push(model.changes(Math.min(step.since, model.rows.length), step.limit));
    if (step.do === 'arrive') {
      const [answer] = late.splice(step.at % (late.length || 1), 1);
      if (answer) sync.changes(answer);
    }
    if (step.do === 'wait') await vi.advanceTimersByTimeAsync(step.ms);
    if (step.do === 'reconnect') {
      sync.down();
      if (sync.data.head > 0) for (let more = true; more; ) more = page();
      sync.ready();
    }
    expectNoHole();
  }
  function page(): boolean {
    const answer = model.changes(sync.data.head, 2);
    sync.changes(answer);
    return answer.more;
  }

  // The last event arrives, or the next connection brings what it would have said.
  await vi.advanceTimersByTimeAsync(1_000);
  while (page());
  await vi.advanceTimersByTimeAsync(1_000);
  const { rows, floor } = sync.data.window;
  expect(rows).toEqual(model.rows.filter(({ seq }) => seq >= floor));
  expect(told).toEqual([...new Set(told)]);
  expect(told.toSorted((a, b) => a - b)).toEqual(model.rows.map(({ seq }) => seq).slice(start));

  function expectNoHole() {
    const seqs = sync.data.window.rows.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  }
}
