import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName, normalizePhone, usernameKey } from '../src/domain/names.js';
import { statusOf } from '../src/domain/receipts.js';
import { messageToWire } from '../src/domain/to-wire.js';
import type { MessageRow } from '../src/ports/index.js';

const row: MessageRow = {
  id: 1,
  chat_id: 1,
  seq: 5,
  rev: 6,
  sender_id: 1,
  client_id: 'c',
  message_type: 'text',
  content: 'x',
  reply_to_id: null,
  sent_at: 0,
  edited_at: null,
  deleted_at: null,
  is_pinned: 0,
  meta: null,
};

describe('a message’s wire form', () => {
  it('has its times as ISO 8601 in UTC, whatever time came before', () => {
    const times = fc.array(fc.integer({ min: 0, max: 253_402_300_799_999 }), { minLength: 1 });
    fc.assert(
      fc.property(times, fc.array(fc.nat(1_500)), (starts, steps) => {
        for (const at of starts.flatMap((start) => [start, ...steps.map((step) => Math.max(0, start - step))])) {
          const wire = messageToWire({ ...row, sent_at: at, edited_at: at }, 'sent');
          expect([wire.sent_at, wire.edited_at]).toEqual([new Date(at).toISOString(), new Date(at).toISOString()]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has lost its content when it is deleted', () => {
    const wire = messageToWire({ ...row, content: 'secret', deleted_at: 5, is_pinned: 1, edited_at: 4 }, 'read');
    expect(wire).toMatchObject({ content: '', is_deleted: true, is_pinned: true, is_edited: true, status: 'read' });
  });
});

describe('a status', () => {
  const mark = (user_id: number, read_seq: number, delivered_seq: number, joined_seq = 0) => ({
    user_id,
    read_seq,
    delivered_seq,
    joined_seq,
  });
  it.each([
    ['nobody else', [mark(1, 9, 9)], 'sent'],
    ['reached nobody', [mark(2, 4, 4)], 'sent'],
    ['reached one', [mark(2, 4, 5), mark(3, 0, 0)], 'delivered'],
    ['read by one', [mark(2, 0, 5), mark(3, 5, 5)], 'read'],
    ['read by one who joined later', [mark(2, 9, 9, 5)], 'sent'],
    ['read by one who joined just before', [mark(2, 5, 5, 4)], 'read'],
  ] as const)('%s', (_, marks, status) => {
    expect(statusOf({ seq: 5, sender_id: 1 }, marks)).toBe(status);
  });
});

describe('names', () => {
  it('are the same name in every spelling', () => {
    for (const spelling of ['Ann', 'ANN', '@ann', 'Ａｎｎ', '＠ann']) expect(usernameKey(spelling)).toBe('ann');
    expect(usernameKey('Ｓtraße')).toBe('straße');
  });

  it.each([
    ['+49 151 123-45.67', '+491511234567'],
    ['491511234567', '+491511234567'],
    ['(0151) 1234567', '+01511234567'],
    ['1234567', '+1234567'],
    ['123456789012345', '+123456789012345'],
    ['123456', null],
    ['1234567890123456', null],
    ['', null],
    ['+', null],
    ['++491511234567', null],
    ['49+1511234567', null],
    ['4915112345x', null],
    ['٤٩١٥١١٢٣٤٥', null],
  ])('phone number %j is %j', (text, normal) => {
    expect(normalizePhone(text)).toBe(normal);
  });

  it('are shown in full', () => {
    expect(displayName({ first_name: 'Ann', last_name: 'Lee' })).toBe('Ann Lee');
    expect(displayName({ first_name: 'Ann', last_name: null })).toBe('Ann');
  });
});
