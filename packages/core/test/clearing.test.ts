import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller } from '@dialect/core';
import type { TestMessenger } from '@dialect/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { createScrubber } from '../src/scrubber.js';
import { codeOf, refusal, startGroup, startPair, toldIn, withReplaced } from './helpers.js';

const contents = async (messenger: TestMessenger, caller: Caller, chat_id: number, input: object = {}) =>
  (await messenger.messages.history(caller, { chat_id, ...input })).map((message) => message.content);

describe('clearing a chat for oneself', () => {
  it('takes all that was written out of the caller’s sight alone, by number', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    for (const content of ['1', '2']) await messenger.messages.send(bob, { chat_id, content });
    messenger.events.length = 0;
    await messenger.chats.clear(ann, { chat_id });
    // In the same millisecond: nothing of it is lost.
    await messenger.messages.send(bob, { chat_id, content: '3' });
    expect(toldIn(messenger.events)).toMatchObject([
      { type: 'chat_history_cleared', chat_id, only_for: ann.user_id, for_everyone: false, seq: 2 },
      { type: 'message_created', rev: 4 },
    ]);
    for (const input of [{}, { after_seq: 0 }, { before_seq: 9 }, { offset: 0, limit: 9 }]) {
      expect(await contents(messenger, ann, chat_id, input)).toEqual(['3']);
    }
    expect(await contents(messenger, ann, chat_id, { offset: 1 })).toEqual([]);
    expect(await contents(messenger, bob, chat_id)).toEqual(['3', '2', '1']);
    expect(await messenger.chats.list(ann)).toMatchObject([{ cleared_seq: 2, unread_count: 1, rev: 4 }]);
    expect(await messenger.chats.get(bob, { chat_id })).toMatchObject({ cleared_seq: 0 });
    for (const since of [0, 1, 2]) {
      const changes = await messenger.sync.changes(ann, { chat_id, since });
      expect([changes.to, changes.messages.map((message) => message.content)]).toEqual([4, ['3']]);
    }
  });
});

describe('clearing a chat for everyone', () => {
  it('leaves nothing for the members, nor for whoever comes later, and empties the rows', async () => {
    const storage = sqlite(':memory:');
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob'], { storage });
    const [bob] = others as [Caller];
    const secret = await messenger.messages.send(bob, { chat_id, content: 'secret', media: { url: 'secret' } });
    await messenger.messages.pin(bob, { message_id: secret.id });
    messenger.events.length = 0;
    await messenger.chats.clear(owner, { chat_id, for_everyone: true });
    await messenger.messages.send(bob, { chat_id, content: 'after' });
    // Nothing to clear, or only for those who ask: no news.
    expect(toldIn(messenger.events)).toMatchObject([
      { type: 'chat_history_cleared', chat_id, rev: 4, for_everyone: true, seq: 1, by: owner.user_id },
      { type: 'message_created', rev: 5 },
    ]);
    expect(toldIn(messenger.events)[0]).not.toHaveProperty('only_for');
    const cem = await messenger.person('Cem');
    await messenger.chats.addMember(owner, { chat_id, user_id: cem.user_id });
    for (const caller of [owner, bob, cem]) {
      expect(await contents(messenger, caller, chat_id)).toEqual(['after']);
      expect(await messenger.messages.pins(caller, { chat_id })).toEqual([]);
      for (const since of [0, 1]) {
        const changes = await messenger.sync.changes(caller, { chat_id, since });
        expect(changes.chat?.cleared_seq).toBe(1);
        expect(JSON.stringify(changes)).not.toContain('secret');
      }
    }
    // As nothing hangs on when it is emptied, we only wait until it is.
    await vi.waitFor(async () => {
      const row = await storage.messages.find(chat_id, secret.id);
      expect([row?.content, row?.meta]).toEqual(['', null]);
    });
  });

  it('is for the owner of a group, and for either side of a private chat', async () => {
    const { messenger, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const pair = await startPair();
    await messenger.messages.send(bob, { chat_id, content: 'x' });
    messenger.events.length = 0;
    const calls = (caller: Caller, id: number) => [
      messenger.chats.clear(caller, { chat_id: id, for_everyone: true }),
      messenger.chats.delete(caller, { chat_id: id, for_everyone: true }),
    ];
    const eve = await messenger.person('Eve');
    expect(await Promise.all(calls(bob, chat_id).map(codeOf))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    for (const id of [chat_id, 999]) {
      expect(await Promise.all(calls(eve, id).map(codeOf))).toEqual(['NOT_A_MEMBER', 'NOT_A_MEMBER']);
      for (const input of [{ chat_id: id }, { chat_id: id, for_everyone: false }]) {
        expect(await codeOf(messenger.chats.clear(eve, input))).toBe('NOT_A_MEMBER');
        expect(await codeOf(messenger.chats.delete(eve, input))).toBe('NOT_A_MEMBER');
      }
    }
    expect(await refusal(messenger.chats.clear(bob, { chat_id, for_everyone: 'yes' } as never))).toEqual([
      'INVALID_INPUT',
      'for_everyone',
    ]);
    expect(await refusal(messenger.chats.delete(bob, { chat_id: -1 }))).toEqual(['INVALID_INPUT', 'chat_id']);
    expect(toldIn(messenger.events)).toEqual([]);
    expect(await contents(messenger, bob, chat_id)).toEqual(['x']);
    await pair.messenger.messages.send(pair.ann, { chat_id: pair.chat_id, content: 'x' });
    const clear = () => pair.messenger.chats.clear(pair.bob, { chat_id: pair.chat_id, for_everyone: true });
    await clear();
    await clear();
    expect(toldIn(pair.messenger.events).filter((event) => event.type === 'chat_history_cleared')).toHaveLength(1);
    expect(await contents(pair.messenger, pair.ann, pair.chat_id)).toEqual([]);
  });

  it('is gone on with by the next process, where one has stopped', async () => {
    const storage = sqlite(':memory:');
    const never = withReplaced(storage, { messages: { scrub: async () => false } });
    const { messenger, ann, chat_id } = await startPair({ storage: never });
    const { id } = await messenger.messages.send(ann, { chat_id, content: 'secret' });
    await messenger.chats.clear(ann, { chat_id, for_everyone: true });
    expect((await storage.messages.find(chat_id, id))?.content).toBe('secret');
    const warn = vi.fn();
    const scrubber = createScrubber(storage, { info: warn, warn, error: warn });
    scrubber.wake();
    await vi.waitFor(async () => expect((await storage.messages.find(chat_id, id))?.content).toBe(''));
    await scrubber.stop();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('the scrubber', () => {
  const logger = { info: () => undefined, warn: vi.fn(), error: () => undefined };

  it('looks again when it is woken while a look finds nothing', async () => {
    let looks = 0;
    let answer = (_: boolean): void => undefined;
    const scrub = () => {
      looks += 1;
      return new Promise<boolean>((resolve) => (answer = resolve));
    };
    const scrubber = createScrubber(withReplaced(sqlite(':memory:'), { messages: { scrub } }), logger);
    scrubber.wake();
    // A history is cleared after the look at the database, and before its answer.
    scrubber.wake();
    answer(false);
    await vi.waitFor(() => expect(looks).toBe(2));
    answer(false);
    await scrubber.stop();
    expect(looks).toBe(2);
  });

  it('tries again by itself after an error', async () => {
    let looks = 0;
    const scrub = async () => {
      looks += 1;
      if (looks < 3) throw new Error('the disk is full');
      return looks < 5;
    };
    const storage = withReplaced(sqlite(':memory:'), { messages: { scrub } });
    const scrubber = createScrubber(storage, { ...logger, warn: () => undefined }, { retry_ms: 5 });
    scrubber.wake();
    await vi.waitFor(() => expect(looks).toBe(5));
    await scrubber.stop();
  });

  it('complains of an error once, and tries again when it is woken', async () => {
    let looks = 0;
    const scrub = async () => {
      looks += 1;
      if (looks === 1) throw new Error('the disk is full');
      return looks < 4;
    };
    const scrubber = createScrubber(withReplaced(sqlite(':memory:'), { messages: { scrub } }), logger);
    scrubber.wake();
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledTimes(1));
    scrubber.wake();
    await vi.waitFor(() => expect(looks).toBe(4));
    await scrubber.stop();
    scrubber.wake();
    expect([looks, logger.warn.mock.calls.length]).toEqual([4, 1]);
  });
});

describe('deleting a chat', () => {
  it('for oneself leaves a group, whose owner cannot', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    await messenger.messages.send(bob, { chat_id, content: 'x' });
    messenger.events.length = 0;
    expect(await codeOf(messenger.chats.delete(owner, { chat_id }))).toBe('OWNER_CANNOT_LEAVE');
    await messenger.chats.delete(bob, { chat_id });
    expect(toldIn(messenger.events)).toMatchObject([
      { type: 'member_changed', rev: 3, member: { user_id: bob.user_id, is_active: false } },
      { type: 'message_created', rev: 4, message: { system: { kind: 'member_left', user_id: bob.user_id } } },
    ]);
    expect([await messenger.chats.list(bob), await codeOf(messenger.chats.delete(bob, { chat_id }))]).toEqual([
      [],
      'NOT_A_MEMBER',
    ]);
    expect(await contents(messenger, owner, chat_id)).toEqual(['x']);
  });

  it('for oneself hides a private chat until the next message, and empties it', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    for (const content of ['1', '2']) await messenger.messages.send(bob, { chat_id, content });
    messenger.events.length = 0;
    await messenger.chats.delete(ann, { chat_id });
    expect(toldIn(messenger.events)).toEqual([
      { type: 'chat_deleted', chat_id, only_for: ann.user_id, for_everyone: false },
    ]);
    expect(await messenger.chats.list(ann)).toEqual([]);
    expect((await messenger.sync.heads(ann)).chats).toEqual([{ chat_id, rev: 3, is_member: true, is_hidden: true }]);
    expect(await messenger.chats.list(bob)).toMatchObject([{ last_message: { content: '2' } }]);
    await messenger.messages.send(bob, { chat_id, content: '3' });
    expect(await messenger.chats.list(ann)).toMatchObject([{ unread_count: 1, last_message: { content: '3' } }]);
    expect(await contents(messenger, ann, chat_id)).toEqual(['3']);
    // Whoever opens it has it back, with nothing of what was.
    await messenger.chats.delete(ann, { chat_id });
    expect(await messenger.chats.createPrivate(ann, { target_user_id: bob.user_id })).toMatchObject({
      id: chat_id,
      last_message: null,
      unread_count: 0,
    });
    expect(await messenger.chats.list(ann)).toMatchObject([{ id: chat_id }]);
    expect(await contents(messenger, bob, chat_id)).toEqual(['3', '2', '1']);
  });

  it('for everyone dissolves a group', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    await messenger.messages.send(bob, { chat_id, content: 'x' });
    messenger.events.length = 0;
    await messenger.chats.delete(owner, { chat_id, for_everyone: true });
    expect(toldIn(messenger.events)).toEqual([
      { type: 'chat_deleted', chat_id, rev: 3, chat_type: 'group', for_everyone: true, by: owner.user_id },
    ]);
    for (const caller of [owner, bob]) {
      expect(await messenger.chats.list(caller)).toEqual([]);
      expect((await messenger.sync.heads(caller)).chats).toEqual([
        { chat_id, rev: 3, is_member: false, is_hidden: false },
      ]);
      const farewell = await messenger.sync.changes(caller, { chat_id, since: 1 });
      expect(farewell).toMatchObject({ to: 3, messages: [], members: [{ user_id: caller.user_id, is_active: false }] });
      expect(await codeOf(messenger.messages.send(caller, { chat_id, content: 'y' }))).toBe('NOT_A_MEMBER');
      expect(await codeOf(messenger.chats.addMember(caller, { chat_id, user_id: bob.user_id }))).toBe('NOT_A_MEMBER');
      expect(await codeOf(messenger.chats.delete(caller, { chat_id, for_everyone: true }))).toBe('NOT_A_MEMBER');
    }
  });

  it('for everyone hides a private chat from both until somebody writes', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    await messenger.messages.send(bob, { chat_id, content: '1' });
    messenger.events.length = 0;
    for (const caller of [ann, bob]) await messenger.chats.delete(caller, { chat_id, for_everyone: true });
    expect(toldIn(messenger.events)).toEqual([
      { type: 'chat_deleted', chat_id, rev: 3, chat_type: 'private', for_everyone: true, by: ann.user_id },
    ]);
    expect([await messenger.chats.list(ann), await messenger.chats.list(bob)]).toEqual([[], []]);
    await messenger.messages.send(ann, { chat_id, content: '2' });
    for (const caller of [ann, bob]) {
      expect(await messenger.chats.list(caller)).toMatchObject([{ last_message: { content: '2' } }]);
      expect(await contents(messenger, caller, chat_id)).toEqual(['2']);
    }
  });
});
