import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller } from '@dialect/core';
import type { TestMessenger } from '@dialect/core/testing';
import type { Message } from '@dialect/protocol';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, persons, refusal, startGroup, startPair, toldIn } from './helpers.js';

/** Every method that names a message by its id alone; last the one after which there is no more to see of it. */
const byId = (messenger: TestMessenger, caller: Caller, message_id: number, chat_id: number) => [
  () => messenger.messages.get(caller, { message_id }),
  () => messenger.messages.edit(caller, { message_id, content: 'no' }),
  () => messenger.messages.edit(caller, { message_id, content: 'no', if_rev: 1 }),
  () => messenger.messages.delete(caller, { message_id }),
  () => messenger.messages.pin(caller, { message_id }),
  () => messenger.messages.pin(caller, { message_id, is_pinned: false }),
  () => messenger.messages.react(caller, { message_id, emoji: '👍' }),
  () => messenger.messages.react(caller, { message_id, emoji: '👍', is_on: false }),
  () => messenger.messages.readers(caller, { message_id }),
  () => messenger.messages.forward(caller, { message_id, chat_id }),
  () => messenger.messages.delete(caller, { message_id, for_everyone: false }),
];

async function inTurn<T>(calls: (() => Promise<unknown>)[], look: (call: Promise<unknown>) => Promise<T>) {
  const seen: T[] = [];
  for (const call of calls) seen.push(await look(call()));
  return seen;
}

const bodiesOf = (calls: (() => Promise<unknown>)[]) =>
  inTurn(calls, (call) => call.then(() => 'passed').catch((error) => error.toBody()));

describe('editing', () => {
  it('writes one’s own message anew, and tells everybody once', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const sent = await messenger.messages.send(ann, { chat_id, content: 'hello' });
    messenger.events.length = 0;
    messenger.clock.advance(1_000);
    const edited = await messenger.messages.edit(ann, { message_id: sent.id, content: 'anew' });
    const { duplicate: _, ...message } = sent;
    expect(edited).toEqual({ ...message, content: 'anew', rev: 3, is_edited: true, edited_at: expect.any(String) });
    expect(edited.edited_at).not.toBe(sent.sent_at);
    expect(toldIn(messenger.events)).toEqual([
      { type: 'message_edited', chat_id, rev: 3, message: { ...edited, status: 'sent' }, by: ann.user_id },
    ]);
    expect(await messenger.messages.get(bob, { message_id: sent.id })).toEqual(edited);
    expect(await messenger.messages.history(bob, { chat_id })).toEqual([edited]);
    expect((await messenger.chats.get(bob, { chat_id })).last_message).toEqual(edited);
  });

  it('with the same text changes nothing and rings nobody', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'hello' });
    messenger.events.length = 0;
    const edit = (content: string) => messenger.messages.edit(ann, { message_id, content });
    expect(await edit('hello')).toMatchObject({ rev: 2, is_edited: false });
    const edited = await edit('anew');
    expect(await Promise.all([edit('anew'), edit('anew')])).toEqual([edited, edited]);
    expect(toldIn(messenger.events)).toHaveLength(1);
  });

  it('is for its author, of texts that may be sent', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const { id: message_id } = await messenger.messages.send(bob, { chat_id, content: 'hello' });
    messenger.events.length = 0;
    const edit = (caller: Caller, input: object) =>
      refusal(messenger.messages.edit(caller, { message_id, content: 'anew', ...input } as never));
    expect(await edit(owner, {})).toEqual(['FORBIDDEN', undefined]);
    expect(await edit(bob, { content: '' })).toEqual(['INVALID_INPUT', 'content']);
    expect(await edit(bob, { content: 'x'.repeat(65_537) })).toEqual(['INVALID_INPUT', 'content']);
    expect(await edit(bob, { content: '\ud800' })).toEqual(['INVALID_INPUT', 'content']);
    expect(await edit(bob, { content: 7 })).toEqual(['INVALID_INPUT', 'content']);
    for (const if_rev of [-1, 1.5, '2', Number.MAX_SAFE_INTEGER + 1]) {
      expect(await edit(bob, { if_rev })).toEqual(['INVALID_INPUT', 'if_rev']);
    }
    expect(toldIn(messenger.events)).toEqual([]);
    expect(await messenger.messages.get(bob, { message_id })).toMatchObject({ content: 'hello', rev: 2 });
  });

  it('is conditional by if_rev', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const { id: message_id, rev } = await messenger.messages.send(ann, { chat_id, content: 'hello' });
    await messenger.messages.react(bob, { message_id, emoji: '👍' });
    const edit = (content: string, if_rev: number) => messenger.messages.edit(ann, { message_id, content, if_rev });
    expect(await refusal(edit('anew', rev))).toEqual(['CONFLICT', undefined]);
    const codes = await Promise.all([codeOf(edit('one', rev + 1)), codeOf(edit('two', rev + 1))]);
    expect(codes).toEqual(['passed', 'CONFLICT']);
    expect(eventsOf(messenger.events, 'message_edited')).toMatchObject([{ rev: 4, message: { content: 'one' } }]);
  });

  it('and deleting are told in the order of rev, each with its own state', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const { id: message_id } = await messenger.messages.send(owner, { chat_id, content: '0' });
    await Promise.all([
      messenger.messages.edit(owner, { message_id, content: '1' }),
      messenger.messages.send(bob, { chat_id, content: 'between' }),
      messenger.messages.pin(bob, { message_id }),
      messenger.messages.edit(owner, { message_id, content: '2' }),
      messenger.messages.react(bob, { message_id, emoji: '👍' }),
      messenger.messages.delete(owner, { message_id }),
      codeOf(messenger.messages.edit(owner, { message_id, content: '3' })),
    ]);
    const told = toldIn(messenger.events).flatMap((event) =>
      'message' in event ? { type: event.type, rev: event.rev, content: event.message.content } : [],
    );
    // In the order in which they came to be written; the look at where a message is may let one overtake another.
    expect(told.map(({ rev }) => rev)).toEqual(told.map((_, index) => index + 2));
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set(['message_created', 'message_edited', 'message_pinned', 'message_reacted', 'message_deleted']),
    );
    expect(told.at(-1)).toEqual({ type: 'message_deleted', rev: told.length + 1, content: '' });
  });
});

describe('deleting for everyone', () => {
  it('is for the author and the owner, and leaves nothing of the message', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const secret = { chat_id, content: 'secret', mentions: [cem.user_id], media: { url: 'secret.png' } };
    const one = await messenger.messages.send(bob, secret);
    const two = await messenger.messages.send(bob, secret);
    const own = await messenger.messages.send(owner, { chat_id, content: 'mine' });
    await messenger.messages.pin(cem, { message_id: one.id });
    messenger.events.length = 0;
    const remove = (caller: Caller, { id }: Message) => codeOf(messenger.messages.delete(caller, { message_id: id }));
    expect([await remove(cem, one), await remove(bob, own)]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect([await remove(bob, one), await remove(owner, two)]).toEqual(['passed', 'passed']);
    // A second time is no error, and no news.
    expect([await remove(bob, one), await remove(owner, one)]).toEqual(['passed', 'passed']);
    const told = eventsOf(messenger.events, 'message_deleted');
    expect(told.map(({ rev, by, message }) => [rev, by, message.id, message.is_deleted, message.content])).toEqual([
      [6, bob.user_id, one.id, true, ''],
      [7, owner.user_id, two.id, true, ''],
    ]);
    expect(toldIn(messenger.events)).toHaveLength(2);
    expect(await messenger.messages.history(cem, { chat_id })).toMatchObject([{ id: own.id }]);
    expect(await messenger.messages.pins(cem, { chat_id })).toEqual([]);
    const changes = await messenger.sync.changes(cem, { chat_id, since: 1 });
    expect(changes.messages.map(({ seq, is_deleted }) => [seq, is_deleted])).toEqual([
      [3, false],
      [1, true],
      [2, true],
    ]);
    expect(JSON.stringify([told, changes])).not.toContain('secret');
  });

  it('is the author’s alone in a private chat, also when they are blocked', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'hello' });
    expect(await codeOf(messenger.messages.delete(bob, { message_id }))).toBe('FORBIDDEN');
    expect(await codeOf(messenger.messages.delete(ann, { message_id }))).toBe('passed');
  });
});

describe('deleting for oneself', () => {
  it('takes a message from the caller’s sight alone', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    for (const content of ['1', '2', '3']) await messenger.messages.send(bob, { chat_id, content });
    const [newest, middle] = (await messenger.messages.history(ann, { chat_id })) as [Message, Message];
    await messenger.messages.pin(ann, { message_id: middle.id });
    messenger.events.length = 0;
    const hide = ({ id }: Message) => messenger.messages.delete(ann, { message_id: id, for_everyone: false });
    await hide(newest);
    await hide(middle);
    expect(toldIn(messenger.events)).toEqual(
      [newest, middle].map(({ id, seq }) => ({
        type: 'message_hidden',
        chat_id,
        only_for: ann.user_id,
        message_id: id,
        seq,
      })),
    );
    const contents = async (caller: Caller, input: object) =>
      (await messenger.messages.history(caller, { chat_id, ...input })).map((message) => message.content);
    for (const input of [{}, { limit: 1 }, { after_seq: 0 }, { before_seq: 9 }, { with_system: true }]) {
      expect(await contents(ann, input)).toEqual(['1']);
    }
    expect(await messenger.messages.pins(ann, { chat_id })).toEqual([]);
    expect(await messenger.chats.get(ann, { chat_id })).toMatchObject({
      unread_count: 1,
      last_message: { content: '1' },
      rev: 5,
    });
    for (const since of [0, 1]) {
      const changes = await messenger.sync.changes(ann, { chat_id, since });
      expect([changes.to, changes.messages.map((message) => message.content)]).toEqual([5, ['1']]);
    }
    for (const call of [messenger.messages.get(ann, { message_id: middle.id }), hide(middle)]) {
      expect(await refusal(call)).toEqual(['MESSAGE_NOT_FOUND', 'message_id']);
    }
    expect(await contents(bob, {})).toEqual(['3', '2', '1']);
    expect(await messenger.messages.pins(bob, { chat_id })).toHaveLength(1);
  });
});

describe('a message that one cannot see', () => {
  it('is not to be found, in one and the same way, whyever', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const eve = await messenger.person('Eve');
    const home = await messenger.chats.createGroup(eve, { chat_name: 'Home', participant_ids: [cem.user_id] });
    const cleared = await messenger.messages.send(bob, { chat_id, content: 'cleared' });
    await messenger.chats.clear(bob, { chat_id });
    await messenger.chats.leave(cem, { chat_id });
    const kept = await messenger.messages.send(owner, { chat_id, content: 'kept' });
    // But for how far they have come, of which the mark of whoever wrote last may yet tell.
    const rows = async () =>
      (await messenger.sync.changes(owner, { chat_id, since: 0 })).messages.map(({ status: _, ...rest }) => rest);
    const before = await rows();
    messenger.events.length = 0;
    const unknown = await bodiesOf(byId(messenger, eve, 999_999, home.id));
    for (const body of unknown) expect(body).toMatchObject({ code: 'MESSAGE_NOT_FOUND', field: 'message_id' });
    expect(new Set(unknown.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(await bodiesOf(byId(messenger, eve, kept.id, home.id))).toEqual(unknown);
    expect(await bodiesOf(byId(messenger, cem, kept.id, home.id))).toEqual(unknown);
    expect(await bodiesOf(byId(messenger, bob, cleared.id, chat_id))).toEqual(unknown);
    const reply = (caller: Caller, chat: number, reply_to_id: number) =>
      refusal(messenger.messages.send(caller, { chat_id: chat, content: 'x', reply_to_id }));
    for (const call of [
      reply(eve, home.id, kept.id),
      reply(eve, home.id, 999_999),
      reply(cem, home.id, kept.id),
      reply(bob, chat_id, cleared.id),
    ]) {
      expect(await call).toEqual(['MESSAGE_NOT_FOUND', 'reply_to_id']);
    }
    expect(toldIn(messenger.events)).toEqual([]);
    expect(await rows()).toEqual(before);
    expect((await messenger.chats.get(owner, { chat_id })).rev).toBe(5);
  });

  it('is one that was deleted, too', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const { id } = await messenger.messages.send(ann, { chat_id, content: 'x' });
    await messenger.messages.delete(ann, { message_id: id });
    messenger.events.length = 0;
    const bodies = await bodiesOf(byId(messenger, ann, id, chat_id));
    const expected = bodies.map((_, index) => (index === 3 ? 'passed' : 'MESSAGE_NOT_FOUND message_id'));
    expect(bodies.map((body) => (body === 'passed' ? body : `${body.code} ${body.field}`))).toEqual(expected);
    expect(toldIn(messenger.events)).toEqual([]);
  });

  it('has no id that is none', async () => {
    const { messenger, ann, chat_id } = await startPair();
    for (const id of [0, -1, 1.5, 2 ** 53, '1', null, [1], Number.NaN]) {
      for (const call of byId(messenger, ann, id as number, chat_id)) {
        expect(await refusal(call())).toEqual(['INVALID_INPUT', 'message_id']);
      }
      expect(await refusal(messenger.messages.pins(ann, { chat_id: id as number }))).toEqual([
        'INVALID_INPUT',
        'chat_id',
      ]);
    }
    expect(toldIn(messenger.events)).toEqual([]);
  });
});

describe('a message that the chat tells of itself', () => {
  it('can be read and deleted for oneself, and neither changed nor passed on', async () => {
    const { messenger, owner, chat_id } = await startGroup(['Ann', 'Bob']);
    const [cem] = (await persons(messenger, 'Cem')) as [Caller];
    await messenger.chats.addMember(owner, { chat_id, user_id: cem.user_id });
    const [system] = (await messenger.messages.history(owner, { chat_id, with_system: true })) as [Message];
    expect(system).toMatchObject({ message_type: 'system', system: { kind: 'member_added', user_id: cem.user_id } });
    expect(await messenger.messages.history(owner, { chat_id })).toEqual([]);
    messenger.events.length = 0;
    const codes = await inTurn(byId(messenger, owner, system.id, chat_id), codeOf);
    expect(codes).toEqual(['passed', ...Array(7).fill('FORBIDDEN'), 'passed', 'FORBIDDEN', 'passed']);
    expect(toldIn(messenger.events).map((event) => event.type)).toEqual(['message_hidden']);
    expect(await messenger.messages.history(cem, { chat_id, with_system: true })).toEqual([system]);
  });
});

describe('what is done to messages by somebody blocked', () => {
  it('is refused in the private chat, but for taking back', async () => {
    const storage = sqlite(':memory:');
    const { messenger, ann, bob, chat_id } = await startPair({ storage });
    const own = await messenger.messages.send(bob, { chat_id, content: 'mine' });
    const hers = await messenger.messages.send(ann, { chat_id, content: 'hers' });
    await storage.blocks.add({ blocker_id: ann.user_id, blocked_id: bob.user_id, at: 0 });
    messenger.events.length = 0;
    const codes = await Promise.all(
      [
        messenger.messages.edit(bob, { message_id: own.id, content: 'x' }),
        messenger.messages.pin(bob, { message_id: hers.id }),
        messenger.messages.react(bob, { message_id: hers.id, emoji: '👍' }),
        messenger.messages.forward(bob, { message_id: hers.id, chat_id }),
        messenger.messages.edit(bob, { message_id: hers.id, content: 'x' }),
      ].map(codeOf),
    );
    expect(codes).toEqual(Array(5).fill('BLOCKED'));
    expect(toldIn(messenger.events)).toEqual([]);
    expect(await codeOf(messenger.messages.pin(ann, { message_id: own.id }))).toBe('passed');
    expect(await codeOf(messenger.messages.delete(bob, { message_id: own.id }))).toBe('passed');
  });
});
