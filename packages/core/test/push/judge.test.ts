import { describe, expect, it } from 'vitest';
import type { DuePush } from '../../src/ports/index.js';
import { backoff, judge } from '../../src/push/judge.js';

const push: DuePush = {
  ...{ user_id: 2, chat_id: 1, seq: 7, at: 1_000, due_at: 1_000, attempts: 0, device_ids: null },
  ...{ is_member: true, delivered_seq: 6, cleared_seq: 0, muted_until: null, is_blocked: false, is_hidden: false },
  ...{ chat_type: 'private', chat_name: null },
};
const limits = { hold_ms: 100, give_up_after_ms: 5_000 };

describe('a push that is due', () => {
  it.each([
    ['send', 'nobody is there', {}, { at: 1_000, is_focused: false }],
    ['drop', 'it was delivered', { delivered_seq: 7 }, { at: 1_000, is_focused: false }],
    ['drop', 'the chat was cleared', { cleared_seq: 8 }, { at: 1_000, is_focused: false }],
    ['drop', 'the user has left', { is_member: false }, { at: 1_000, is_focused: false }],
    ['drop', 'the user has blocked the sender', { is_blocked: true }, { at: 1_000, is_focused: false }],
    ['drop', 'the user has deleted the message', { is_hidden: true }, { at: 1_000, is_focused: true }],
    ['wait', 'somebody is there', {}, { at: 1_099, is_focused: true }],
    ['drop', 'somebody is still there', {}, { at: 1_100, is_focused: true }],
    ['send', 'it is a day old, nearly', {}, { at: 6_000, is_focused: false }],
    ['give_up', 'it is a day old', {}, { at: 6_001, is_focused: false }],
  ])('%s: %s', (verdict, _, given, now) => {
    expect(judge({ ...push, ...given }, now, limits).kind).toBe(verdict);
  });

  it('waits until a dead socket would have been noticed', () => {
    expect(judge(push, { at: 1_010, is_focused: true }, limits)).toEqual({ kind: 'wait', due_at: 1_100 });
  });
});

describe('the wait before the next attempt', () => {
  it('doubles up to 15 minutes, and is never the same for long', () => {
    for (const [attempts, middle] of [
      [1, 5_000],
      [2, 10_000],
      [5, 80_000],
      [50, 900_000],
    ] as const) {
      const waits = Array.from({ length: 200 }, () => backoff(attempts, 5_000));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(middle * 0.75);
      expect(Math.max(...waits)).toBeLessThanOrEqual(middle * 1.25);
      expect(new Set(waits).size).toBeGreaterThan(100);
    }
  });
});
