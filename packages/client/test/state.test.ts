import { describe, expect, it, vi } from 'vitest';
import { delayOf } from '../src/backoff.js';
import { deliveryOf } from '../src/delivery.js';
import { createEmitter } from '../src/emitter.js';
import { createMessageWindow } from '../src/message-window.js';
import { derived, writable } from '../src/readable.js';
import { countUnread } from '../src/unread.js';
import { me, member, message, other } from './scripted-peer.js';

describe('readable', () => {
  it('calls a subscriber at once and on changes only', () => {
    const value = writable(1);
    const seen: number[] = [];
    const off = value.subscribe((each) => seen.push(each));
    value.set(1);
    value.set(2);
    off();
    value.set(3);
    expect(seen).toEqual([1, 2]);
  });

  it('gives every subscriber the newest value last, also when one of them changes it', () => {
    const value = writable(0);
    const seen: number[] = [];
    value.subscribe((each) => {
      if (each === 1) value.set(2);
    });
    value.subscribe((each) => seen.push(each));
    value.set(1);
    expect(seen.at(-1)).toBe(2);
    expect(seen).not.toContain(1);
  });

  it('computes a derived value only when somebody looks, and keeps its identity', () => {
    const compute = vi.fn((last: number[] | undefined) => last ?? [1]);
    const value = derived(compute);
    value.invalidate();
    expect(compute).not.toHaveBeenCalled();
    const first = value.get();
    value.invalidate();
    value.invalidate();
    expect(value.get()).toBe(first);
    expect(compute).toHaveBeenCalledTimes(2);
  });

  it('ends a listener with its signal', () => {
    const { on, emit } = createEmitter<{ tick: number }>();
    const seen: number[] = [];
    const abort = new AbortController();
    on('tick', (each) => seen.push(each), { signal: abort.signal });
    emit('tick', 1);
    abort.abort();
    emit('tick', 2);
    on('tick', (each) => seen.push(each), { signal: abort.signal });
    emit('tick', 3);
    expect(seen).toEqual([1]);
  });
});

describe('window', () => {
  const seqs = (window: ReturnType<typeof createMessageWindow>) => window.rows.map(({ seq }) => seq);

  it('takes rows from its floor up, in any order, and none below', () => {
    const window = createMessageWindow();
    expect(window.put(message(5))).toBe('ignored');
    window.replace([message(5)], 6, 5);
    expect(window.put(message(7))).toBe('added');
    expect(window.put(message(6))).toBe('added');
    expect(window.put(message(6))).toBe('ignored');
    expect(window.put(message(4))).toBe('ignored');
    expect(seqs(window)).toEqual([5, 6, 7]);
  });

  it('continues downwards, with changes that come while the page is on its way', async () => {
    const window = createMessageWindow();
    window.replace([message(5), message(6)], 7, 6);
    const extended = window.extend(async (before) => {
      expect(before).toBe(5);
      window.put(message(3, { rev: 9, content: 'edited' }));
      return { page: [message(4), message(3)], isLast: false };
    });
    expect(await extended).toBe(true);
    expect(seqs(window)).toEqual([3, 4, 5, 6]);
    expect(window.rows[0]?.content).toBe('edited');
    expect(window.floor).toBe(3);
    await window.extend(async () => ({ page: [message(1)], isLast: true }));
    expect(window.floor).toBe(1);
  });

  it('does not take a page that was asked for before it was replaced', async () => {
    const window = createMessageWindow();
    window.replace([message(5)], 6, 5);
    const extended = window.extend(async () => {
      window.replace([message(50)], 51, 50);
      return { page: [message(4)], isLast: false };
    });
    expect(await extended).toBe(false);
    expect(seqs(window)).toEqual([50]);
  });

  it('keeps what is newer than the page that replaces it', () => {
    const window = createMessageWindow();
    window.replace([message(1), message(2), message(3)], 4, 3);
    window.replace([message(2)], 3, 2);
    expect(seqs(window)).toEqual([2, 3]);
  });

  it('knows an empty chat to its beginning', () => {
    const window = createMessageWindow();
    window.replace([], 1, 0);
    expect(window.floor).toBe(1);
    expect(window.put(message(1))).toBe('added');
  });
});

describe('unread count', () => {
  const rows = [message(5), message(6, { sender_id: me }), message(7, { is_deleted: true }), message(8)];

  it('is exact from the window, from the server’s count, or not known', () => {
    const window = { rows, floor: 5 };
    const facts = { me, last_seq: 8, window, base: null };
    expect(countUnread({ ...facts, read_seq: 8 })).toBe(0);
    expect(countUnread({ ...facts, read_seq: 4 })).toBe(2);
    expect(countUnread({ ...facts, read_seq: 2 })).toBeNull();
    const base = { count: 3, read_seq: 2, last_seq: 6 };
    expect(countUnread({ ...facts, read_seq: 2, base })).toBe(4);
    expect(countUnread({ ...facts, read_seq: 3, base })).toBeNull();
    expect(countUnread({ ...facts, read_seq: 2, base: { ...base, count: 1_000 } })).toBe(1_000);
  });
});

describe('delivery', () => {
  it('follows the others’ marks, of those who were there, and never goes back', () => {
    const mine = { seq: 5, sender_id: me };
    const marks = { delivered_seq: 5, read_seq: 4 };
    expect(deliveryOf(mine, [member(me, { read_seq: 9 })], 'sent')).toBe('sent');
    expect(deliveryOf(mine, [member(other, marks)], 'sent')).toBe('delivered');
    expect(deliveryOf(mine, [member(other, { ...marks, joined_seq: 5 })], 'sent')).toBe('sent');
    expect(deliveryOf(mine, [member(other, marks), member(3, { read_seq: 5 })], 'sent')).toBe('read');
    expect(deliveryOf(mine, [], 'read')).toBe('read');
    expect(deliveryOf(mine, [], 'delivered')).toBe('delivered');
  });
});

describe('back-off', () => {
  it('is random below a bound that doubles up to the maximum', () => {
    const bounds = { min_ms: 500, max_ms: 20_000 };
    for (const [attempt, bound] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000].entries()) {
      const delays = Array.from({ length: 500 }, () => delayOf(attempt, bounds));
      expect(Math.max(...delays)).toBeLessThanOrEqual(bound);
      expect(Math.max(...delays)).toBeGreaterThan(bound * 0.9);
      expect(Math.min(...delays)).toBeLessThan(bound * 0.1);
    }
  });
});
