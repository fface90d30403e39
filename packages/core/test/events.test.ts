import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller } from '@dialect/core';
import { createRandom } from '@dialect/core/testing';
import type { Event } from '@dialect/protocol';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, refusal, startGroup, startPair, withReplaced } from './helpers.js';

const unlimited = { limits: { messages_per_second: Number.POSITIVE_INFINITY } };
const marks = (events: readonly Event[]) =>
  [...eventsOf(events, 'message_read'), ...eventsOf(events, 'message_delivered')].filter((event) => !event.is_implied);

describe('marks', () => {
  it('move by a message’s id or by its number, and tell the chat', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const sent = await Promise.all(
      ['1', '2', '3'].map((content) => messenger.messages.send(ann, { chat_id, content })),
    );
    const [one, two] = sent.map((message) => message.id);
    expect(await messenger.messages.markDelivered(bob, { chat_id, message_id: two as number })).toEqual({
      chat_id,
      user_id: bob.user_id,
      read_seq: 0,
      delivered_seq: 2,
    });
    expect(await messenger.messages.markRead(bob, { chat_id, seq: 1 })).toMatchObject({
      read_seq: 1,
      delivered_seq: 2,
    });
    expect(marks(messenger.events)).toEqual([
      expect.objectContaining({
        type: 'message_read',
        user_id: bob.user_id,
        seq: 1,
        message_id: one,
        last_read_id: one,
      }),
      expect.objectContaining({ type: 'message_delivered', user_id: bob.user_id, seq: 2, message_id: two }),
    ]);
  });

  it('never move back, and go no further than the last message', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    await messenger.messages.markRead(bob, { chat_id, seq: 1_000 });
    messenger.events.length = 0;
    expect(await messenger.messages.markRead(bob, { chat_id, seq: 0 })).toMatchObject({ read_seq: 1 });
    expect(await messenger.messages.markDelivered(bob, { chat_id, seq: 1 })).toMatchObject({ delivered_seq: 1 });
    expect(marks(messenger.events)).toEqual([]);
    await messenger.messages.send(ann, { chat_id, content: 'y' });
    expect(await messenger.chats.get(bob, { chat_id })).toMatchObject({ unread_count: 1, read_seq: 1 });
  });

  it('are gathered: many requests, one receipt at the furthest, and one answer for all', async () => {
    const { messenger, ann, bob, chat_id } = await startPair({ ...unlimited, marks_delay_ms: 20 });
    await Promise.all(Array.from({ length: 30 }, () => messenger.messages.send(ann, { chat_id, content: 'x' })));
    const seqs = [5, 3, 20, 11, 20];
    const answers = await Promise.all(seqs.map((seq) => messenger.messages.markRead(bob, { chat_id, seq })));
    expect(answers.map((answer) => answer.read_seq)).toEqual(seqs.map(() => 20));
    expect(marks(messenger.events).map((event) => event.seq)).toEqual([20]);
  });

  it('tell of a receipt only after it is committed, and before the answer', async () => {
    const real = sqlite(':memory:');
    const order: string[] = [];
    const storage = withReplaced(real, {
      members: {
        async advance(requests) {
          order.push('begin');
          const outcomes = await real.members.advance(requests);
          order.push('committed');
          return outcomes;
        },
      },
    });
    const { messenger, ann, bob, chat_id } = await startPair({ storage });
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    while (!order.includes('committed')) await new Promise((resolve) => setTimeout(resolve, 1));
    messenger.subscribe((event) => order.push(event.type));
    order.length = 0;
    await messenger.messages.markRead(bob, { chat_id, seq: 1 });
    order.push('answered');
    expect(order).toEqual(['begin', 'committed', 'message_read', 'answered']);
  });

  it('follow from one’s own message, and then say so', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    await messenger.messages.send(bob, { chat_id, content: 'y' });
    while ((await messenger.chats.get(bob, { chat_id })).read_seq < 2)
      await new Promise((resolve) => setTimeout(resolve, 1));
    expect(marks(messenger.events)).toEqual([]);
    expect(eventsOf(messenger.events, 'message_read').every((event) => event.is_implied)).toBe(true);
    // Who writes has read what came before.
    expect((await messenger.messages.history(ann, { chat_id, after_seq: 0 })).map((one) => one.status)).toEqual([
      'read',
      'sent',
    ]);
  });

  it('name the field that is wrong', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const mark = (input: object) => refusal(messenger.call('messages.markRead', { chat_id, ...input }, ann));
    expect(await mark({})).toEqual(['INVALID_INPUT', 'message_id']);
    expect(await mark({ seq: -1 })).toEqual(['INVALID_INPUT', 'seq']);
    expect(await mark({ message_id: 0 })).toEqual(['INVALID_INPUT', 'message_id']);
    expect(await mark({ message_id: 999 })).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
    const other = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    const elsewhere = await messenger.messages.send(ann, { chat_id: other.id, content: 'x' });
    expect(await mark({ message_id: elsewhere.id })).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
  });

  it('are refused to somebody who has left', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const sent = await messenger.messages.send(owner, { chat_id, content: 'x' });
    await messenger.chats.leave(bob, { chat_id });
    expect(await codeOf(messenger.messages.markRead(bob, { chat_id, seq: 1 }))).toBe('NOT_A_MEMBER');
    expect(await codeOf(messenger.messages.markRead(bob, { chat_id, message_id: sent.id }))).toBe('NOT_A_MEMBER');
    expect(marks(messenger.events)).toEqual([]);
  });
});

describe('typing', () => {
  it('is told and never stored', async () => {
    const { messenger, ann, chat_id } = await startPair();
    await messenger.messages.typing(ann, { chat_id, is_typing: true });
    expect(messenger.events).toEqual([{ type: 'typing', chat_id, user_id: ann.user_id, is_typing: true }]);
    expect((await messenger.sync.heads(ann)).chats).toEqual([{ chat_id, rev: 1, is_member: true, is_hidden: false }]);
    const codes = await Promise.all(
      Array.from({ length: 30 }, () => codeOf(messenger.messages.typing(ann, { chat_id, is_typing: true }))),
    );
    expect(codes).toContain('TOO_MANY_REQUESTS');
  });
});

describe('events with a rev', () => {
  it('come in its order, without a hole, whatever happens at once', async () => {
    for (const seed of [1, 2, 3]) {
      const { messenger, owner, members, chat_id } = await startGroup(['Ann', 'Bob', 'Cem', 'Dan', 'Eve'], unlimited);
      const random = createRandom(seed);
      const calls: Promise<string>[] = [];
      for (let n = 0; n < 300; n++) {
        const one = random.pick(members);
        const what = random.int(10);
        if (what < 7)
          calls.push(
            codeOf(messenger.messages.send(one, { chat_id, content: `${n}`, client_id: `c${random.int(250)}` })),
          );
        else if (what === 7) calls.push(codeOf(messenger.chats.leave(one, { chat_id })));
        else if (what === 8) calls.push(codeOf(messenger.chats.addMember(owner, { chat_id, user_id: one.user_id })));
        else calls.push(codeOf(messenger.chats.removeMember(owner, { chat_id, user_id: one.user_id })));
        if (random.int(10) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const codes = await Promise.all(calls);
      const revs = messenger.events.flatMap((event) => ('rev' in event ? [event.rev] : []));
      expect(revs).toEqual(revs.map((_, index) => index + 2));
      const { chats } = await messenger.sync.heads(owner);
      expect(chats).toEqual([{ chat_id, rev: revs.length + 1, is_member: true, is_hidden: false }]);
      // Every kind of thing did happen.
      expect(new Set(codes).size).toBeGreaterThan(3);
      expect(eventsOf(messenger.events, 'member_changed').length).toBeGreaterThan(5);
      expect(eventsOf(messenger.events, 'message_created').length).toBeGreaterThan(50);
    }
  });

  it('come after the commit, and before the answer', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const order: string[] = [];
    const read = messenger.subscribe((event) => {
      if (event.type !== 'message_created') return;
      order.push('event');
      // What an event tells of can be read by whoever hears it.
      messenger.messages.history(bob, { chat_id }).then((page) => order.push(`${page.length} in the table`));
    });
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    order.push('answered');
    read();
    while (order.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(order).toEqual(['event', 'answered', '1 in the table']);
  });

  it('are not held up by a listener that throws, nor is anything else', async () => {
    const { messenger, ann, chat_id } = await startPair();
    messenger.subscribe(() => {
      throw new Error('a mistake of the host');
    });
    const heard: Event[] = [];
    messenger.subscribe((event) => heard.push(event));
    for (const content of ['1', '2'])
      expect(await codeOf(messenger.messages.send(ann, { chat_id, content }))).toBe('passed');
    expect(eventsOf(heard, 'message_created').map((event) => event.rev)).toEqual([2, 3]);
    expect(messenger.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'A listener failed.',
      fields: { type: 'message_created' },
    });
  });
});
