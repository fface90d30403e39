import type { DuePush } from '../ports/index.js';

type Verdict = { kind: 'send' } | { kind: 'drop' } | { kind: 'give_up' } | { kind: 'wait'; due_at: number };

/** What to do with a push whose time has come. */
export function judge(
  push: DuePush,
  now: { at: number; is_focused: boolean },
  limits: { hold_ms: number; give_up_after_ms: number },
): Verdict {
  if (!push.is_member || push.is_blocked || push.is_hidden) return { kind: 'drop' };
  if (Math.max(push.delivered_seq, push.cleared_seq) >= push.seq) return { kind: 'drop' };
  const held_until = push.at + limits.hold_ms;
  // Still connected when a dead socket would have been noticed: then the socket is alive, and has carried the message.
  if (now.is_focused) return now.at >= held_until ? { kind: 'drop' } : { kind: 'wait', due_at: held_until };
  return now.at - push.at > limits.give_up_after_ms ? { kind: 'give_up' } : { kind: 'send' };
}

const longest_ms = 15 * 60_000;

/** How long to wait after so many failures: doubled each time, and never the same for two, who would come back together. */
export function backoff(attempts: number, retry_ms: number): number {
  return Math.min(retry_ms * 2 ** (attempts - 1), longest_ms) * (0.75 + Math.random() / 2);
}
