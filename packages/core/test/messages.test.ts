import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, refusal, startGroup, startPair } from './helpers.js';

describe('sending', () => {
  it('answers with the message as it is stored, and tells the chat once', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const sent = await messenger.messages.send(ann, { chat_id, content: 'Hi 👋', client_id: 'c-1' });
    expect(sent).toEqual({
      id: 1,
      chat_id,
      seq: 1,
      rev: 2,
      sender_id: ann.user_id,
      client_id: 'c-1',
      content: 'Hi 👋',
      message_type: 'text',
      sent_at: '2026-01-01T00:00:00.000Z',
      status: 'sent',
      reply_to_id: null,
      is_pinned: false,
      is_edited: false,
      edited_at: null,
      is_deleted: false,
      duplicate: false,
    });
    const { duplicate: _, ...message } = sent;
    expect(await messenger.messages.history(bob, { chat_id })).toEqual([message]);
    expect(eventsOf(messenger.events, 'message_created')).toEqual([
      { type: 'message_created', chat_id, rev: 2, message },
    ]);
  });

  it.each([
    ['no content', {}, 'content'],
    ['an empty text', { content: '' }, 'content'],
    ['60,001 bytes', { content: 'x'.repeat(60_001) }, 'content'],
    ['60,001 bytes in fewer characters', { content: `${'ü'.repeat(30_000)}x` }, 'content'],
    ['a lone high surrogate', { content: 'a\ud800b' }, 'content'],
    ['a lone low surrogate', { content: '\udc00' }, 'content'],
    ['surrogates the wrong way round', { content: '\udc4b\ud83d' }, 'content'],
    ['a number as text', { content: 5 }, 'content'],
    ['an object as text', { content: { toString: 'x' } }, 'content'],
    ['an empty client id', { content: 'x', client_id: '' }, 'client_id'],
    ['a client id of 65', { content: 'x', client_id: 'x'.repeat(65) }, 'client_id'],
    ['a client id with a space', { content: 'x', client_id: 'a b' }, 'client_id'],
    ['a client id with a newline', { content: 'x', client_id: 'ab\n' }, 'client_id'],
    ['an unknown type', { content: 'x', message_type: 'hologram' }, 'message_type'],
    ['no chat', { content: 'x', chat_id: undefined }, 'chat_id'],
    ['a chat by a string', { content: 'x', chat_id: '1' }, 'chat_id'],
    ['a chat by a fraction', { content: 'x', chat_id: 1.5 }, 'chat_id'],
    ['a chat by zero', { content: 'x', chat_id: 0 }, 'chat_id'],
    ['a chat beyond 2^53', { content: 'x', chat_id: 2 ** 53 }, 'chat_id'],
    ['a reply to a string', { content: 'x', reply_to_id: '1' }, 'reply_to_id'],
  ])('refuses %s, naming the field, and stores and tells nothing', async (_, input, field) => {
    const { messenger, ann, chat_id } = await startPair();
    const sending = messenger.call('messages.send', { chat_id, ...input } as never, ann);
    const error = await sending.catch((one) => one);
    expect([error.code, error.field, error.message.startsWith(`${field}: `)]).toEqual(['INVALID_INPUT', field, true]);
    expect(await messenger.messages.history(ann, { chat_id })).toEqual([]);
    expect(messenger.events).toEqual([]);
  });

  it.each([
    ['60,000 bytes', 'x'.repeat(60_000)],
    ['60,000 bytes of two each', 'ü'.repeat(30_000)],
    ['60,000 bytes of four each', '👋'.repeat(15_000)],
    ['a NUL', 'a\0b'],
    ['only a NUL', '\0'],
    ['blanks', ' \n\t '],
    ['joined emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
    ['a string that looks like code', `'); drop table messages; -- <script>`],
    ['text that could be normalised', 'é e\u0301 ﬁ ﷺ'],
  ])('keeps %s to the letter', async (_, content) => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const sent = await messenger.messages.send(ann, { chat_id, content });
    const [read] = await messenger.messages.history(bob, { chat_id });
    expect([sent.content === content, read?.content === content]).toEqual([true, true]);
  });

  it('makes a client id when none comes', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const [one, two] = await Promise.all([1, 2].map(() => messenger.messages.send(ann, { chat_id, content: 'same' })));
    expect(one?.client_id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(two?.client_id).not.toBe(one?.client_id);
    expect(two?.seq).toBe(2);
  });

  it('answers a repeat with the first message, and rings nobody', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const send = (content: string) => messenger.messages.send(ann, { chat_id, content, client_id: 'once' });
    const first = await send('first');
    messenger.clock.advance(5_000);
    const repeats = await Promise.all(Array.from({ length: 5 }, () => send('another text')));
    for (const repeat of repeats) expect(repeat).toEqual({ ...first, duplicate: true });
    expect(eventsOf(messenger.events, 'message_created')).toHaveLength(1);
    expect(await messenger.messages.history(ann, { chat_id })).toHaveLength(1);
  });

  it('stores once what is sent many times at once', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const sends = Array.from({ length: 20 }, () =>
      messenger.messages.send(ann, { chat_id, content: 'x', client_id: 'once' }),
    );
    const sent = await Promise.all(sends);
    expect(sent.filter((message) => !message.duplicate)).toHaveLength(1);
    expect(new Set(sent.map((message) => message.id)).size).toBe(1);
    expect(eventsOf(messenger.events, 'message_created')).toHaveLength(1);
  });

  it('replies to a message of the same chat only', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const first = await messenger.messages.send(ann, { chat_id, content: 'a' });
    const reply = await messenger.messages.send(bob, { chat_id, content: 'b', reply_to_id: first.id });
    expect(reply.reply_to_id).toBe(first.id);
    const other = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    const across = messenger.messages.send(ann, { chat_id: other.id, content: 'c', reply_to_id: first.id });
    expect(await codeOf(across)).toBe('MESSAGE_NOT_FOUND');
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'c', reply_to_id: 999 }))).toBe(
      'MESSAGE_NOT_FOUND',
    );
    expect(await messenger.messages.send(ann, { chat_id, content: 'c', reply_to_id: null })).toMatchObject({ seq: 3 });
  });

  it('is refused to somebody blocked', async () => {
    const storage = sqlite(':memory:');
    const { messenger, ann, bob, chat_id } = await startPair({ storage });
    await storage.blocks.add({ blocker_id: ann.user_id, blocked_id: bob.user_id, at: 0 });
    expect(await codeOf(messenger.messages.send(bob, { chat_id, content: 'x' }))).toBe('BLOCKED');
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))).toBe('passed');
  });

  it('allows 40 at once and 20 a second', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const send = (by: Caller, count: number) =>
      Promise.all(Array.from({ length: count }, () => codeOf(messenger.messages.send(by, { chat_id, content: 'x' }))));
    const passed = (codes: string[]) => codes.filter((code) => code === 'passed').length;
    const codes = await send(ann, 60);
    expect(codes).toEqual([...Array(40).fill('passed'), ...Array(20).fill('TOO_MANY_REQUESTS')]);
    const error = await messenger.messages.send(ann, { chat_id, content: 'x' }).catch((one) => one);
    expect(error).toMatchObject({ status: 429, retryable: true, retry_after_ms: 50 });
    messenger.clock.advance(50);
    expect(passed(await send(ann, 5))).toBe(1);
    messenger.clock.advance(1_000);
    expect(passed(await send(ann, 60))).toBe(20);
    messenger.clock.advance(60_000);
    expect(passed(await send(ann, 60))).toBe(40);
    // Another's messages are another's, and what was refused was not stored.
    expect(passed(await send(bob, 60))).toBe(40);
    expect(await messenger.chats.get(bob, { chat_id })).toMatchObject({ last_seq: 40 + 1 + 20 + 40 + 40 });
  });

  it('has another limit by option, or none', async () => {
    const slow = await startPair({ limits: { messages_per_second: 1 } });
    const fast = await startPair({ limits: { messages_per_second: Number.POSITIVE_INFINITY } });
    const send = async ({ messenger, ann, chat_id }: typeof slow) =>
      (
        await Promise.all(
          Array.from({ length: 100 }, () => codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))),
        )
      ).filter((code) => code === 'passed').length;
    expect([await send(slow), await send(fast)]).toEqual([2, 100]);
  });

  it('is refused as BUSY when too much waits to be written', async () => {
    const limits = { pending_writes: 10, messages_per_second: Number.POSITIVE_INFINITY };
    const { messenger, ann, chat_id } = await startPair({ limits });
    const codes = await Promise.all(
      Array.from({ length: 30 }, () => codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))),
    );
    expect(codes.filter((code) => code === 'BUSY')).toHaveLength(20);
    expect(await messenger.chats.get(ann, { chat_id })).toMatchObject({ last_seq: 10 });
  });
});

describe('history', () => {
  async function withMessages(count: number) {
    const pair = await startPair({ limits: { messages_per_second: Number.POSITIVE_INFINITY } });
    for (let n = 1; n <= count; n++) {
      await pair.messenger.messages.send(n % 2 ? pair.ann : pair.bob, { chat_id: pair.chat_id, content: `${n}` });
    }
    const history = async (input: object) =>
      (await pair.messenger.messages.history(pair.ann, { chat_id: pair.chat_id, ...input })).map(
        (message) => message.seq,
      );
    return { ...pair, history };
  }

  it('pages both ways from any message, and by offset', async () => {
    const { history } = await withMessages(12);
    expect(await history({ limit: 3 })).toEqual([12, 11, 10]);
    expect(await history({ limit: 3, offset: 3 })).toEqual([9, 8, 7]);
    expect(await history({ limit: 3, before_seq: 10 })).toEqual([9, 8, 7]);
    expect(await history({ limit: 3, after_seq: 5 })).toEqual([6, 7, 8]);
    expect(await history({ after_seq: 12 })).toEqual([]);
    expect(await history({ before_seq: 0 })).toEqual([]);
  });

  it('has 50 by default and 100 at most', async () => {
    const { history } = await withMessages(120);
    expect(await history({})).toHaveLength(50);
    expect(await history({ limit: 1_000_000 })).toHaveLength(100);
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 1.5 }, 'limit'],
    [{ offset: -1 }, 'offset'],
    [{ before_seq: -1 }, 'before_seq'],
    [{ after_seq: 'x' }, 'after_seq'],
    [{ before_seq: 5, after_seq: 2 }, 'after_seq'],
  ])('refuses %j', async (input, field) => {
    const { messenger, ann, chat_id } = await startPair();
    expect(await refusal(messenger.messages.history(ann, { chat_id, ...input } as never))).toEqual([
      'INVALID_INPUT',
      field,
    ]);
  });

  it('shows the same messages to whoever was there, and to newcomers', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    await messenger.messages.send(bob, { chat_id, content: 'before' });
    const cem = await messenger.person('Cem');
    await messenger.chats.addMember(owner, { chat_id, user_id: cem.user_id });
    const contents = async (caller: Caller) =>
      (await messenger.messages.history(caller, { chat_id })).map((message) => message.content);
    expect([await contents(owner), await contents(cem)]).toEqual([['before'], ['before']]);
    await messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    expect(await codeOf(messenger.messages.history(bob, { chat_id }))).toBe('NOT_A_MEMBER');
  });

  it('tells for each message how far it has come', async () => {
    const { messenger, owner: ann, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    for (const content of ['1', '2', '3']) await messenger.messages.send(ann, { chat_id, content });
    const statuses = async () =>
      (await messenger.messages.history(bob, { chat_id, after_seq: 0 })).map((one) => one.status);
    expect(await statuses()).toEqual(['sent', 'sent', 'sent']);
    await messenger.messages.markDelivered(bob, { chat_id, seq: 2 });
    expect(await statuses()).toEqual(['delivered', 'delivered', 'sent']);
    await messenger.messages.markRead(cem, { chat_id, seq: 1 });
    expect(await statuses()).toEqual(['read', 'delivered', 'sent']);
    // The sender's own mark, and that of somebody who came later, say nothing.
    await messenger.messages.markRead(ann, { chat_id, seq: 3 });
    const dan = await messenger.person('Dan');
    await messenger.chats.addMember(ann, { chat_id, user_id: dan.user_id });
    expect(await statuses()).toEqual(['read', 'delivered', 'sent']);
    expect((await messenger.chats.get(ann, { chat_id })).last_message?.status).toBe('sent');
    await messenger.messages.markRead(bob, { chat_id, seq: 3 });
    expect((await messenger.chats.get(ann, { chat_id })).last_message?.status).toBe('read');
  });
});
