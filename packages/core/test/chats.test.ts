import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, persons, refusal, startGroup, startMessenger, startPair } from './helpers.js';

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `Person ${n}`);
const idsOf = (callers: readonly Caller[]): number[] => callers.map((caller) => caller.user_id);

describe('a private chat', () => {
  it('is named after the other one, for each of the two', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    expect(await messenger.chats.get(ann, { chat_id })).toMatchObject({
      chat_type: 'private',
      chat_name: 'Bob',
      owner_id: null,
    });
    expect(await messenger.chats.get(bob, { chat_id })).toMatchObject({ chat_name: 'Ann', rev: 1, last_message: null });
  });

  it('is one, also when both create it at once, and is announced once', async () => {
    const messenger = await startMessenger();
    const [ann, bob] = (await persons(messenger, 'Ann', 'Bob')) as [Caller, Caller];
    const chats = await Promise.all([
      messenger.chats.createPrivate(ann, { target_user_id: bob.user_id }),
      messenger.chats.createPrivate(bob, { target_user_id: ann.user_id }),
      messenger.chats.create(ann, { chat_type: 'private', participant_ids: [bob.user_id] }),
      messenger.chats.create(bob, { chat_type: 'private', participant_ids: [bob.user_id, ann.user_id, ann.user_id] }),
    ]);
    expect(new Set(chats.map((chat) => chat.id)).size).toBe(1);
    const created = eventsOf(messenger.events, 'chat_created');
    expect(created).toHaveLength(1);
    expect(created[0]?.member_ids.sort()).toEqual([ann.user_id, bob.user_id]);
  });

  it('needs somebody else who exists', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    const withUser = (target_user_id: number) => refusal(messenger.chats.createPrivate(ann, { target_user_id }));
    expect(await withUser(ann.user_id)).toEqual(['CHAT_WITH_SELF', 'target_user_id']);
    expect(await withUser(999)).toEqual(['USER_NOT_FOUND', 'target_user_id']);
    expect(await withUser(0)).toEqual(['INVALID_INPUT', 'target_user_id']);
    expect(await withUser('1' as never)).toEqual(['INVALID_INPUT', 'target_user_id']);
    const create = (participant_ids: number[]) =>
      refusal(messenger.chats.create(ann, { chat_type: 'private', participant_ids }));
    const [bob, cem] = (await persons(messenger, 'Bob', 'Cem')) as [Caller, Caller];
    for (const ids of [[], [ann.user_id], [bob.user_id, cem.user_id]]) {
      expect(await create(ids)).toEqual(['PRIVATE_NEEDS_ONE_OTHER', 'participant_ids']);
    }
    expect(messenger.events).toEqual([]);
    expect(await messenger.chats.list(ann)).toEqual([]);
  });
});

describe('a group', () => {
  it('has its creator as owner, and the others once each', async () => {
    const messenger = await startMessenger();
    const [ann, bob] = (await persons(messenger, 'Ann', 'Bob')) as [Caller, Caller];
    const participant_ids = [bob.user_id, ann.user_id, bob.user_id];
    const chat = await messenger.chats.createGroup(ann, { chat_name: ' Team ', participant_ids });
    expect(chat).toMatchObject({ chat_type: 'group', chat_name: 'Team', owner_id: ann.user_id, rev: 1 });
    expect(chat.participants.map(({ user_id, role }) => [user_id, role])).toEqual([
      [ann.user_id, 'owner'],
      [bob.user_id, 'member'],
    ]);
    expect(messenger.events).toEqual([
      { type: 'chat_created', chat_id: chat.id, rev: 1, member_ids: [ann.user_id, bob.user_id] },
    ]);
    expect(await messenger.chats.createGroup(ann, { chat_name: 'Alone', participant_ids: [] })).toMatchObject({
      participants: [{ user_id: ann.user_id }],
    });
  });

  it('is made once for a repeated client id', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    const make = (chat_name: string) =>
      messenger.chats.createGroup(ann, { chat_name, participant_ids: [], client_id: 'once' });
    const made = await Promise.all([make('One'), make('Two'), make('Three')]);
    expect(new Set(made.map((chat) => `${chat.id} ${chat.chat_name}`)).size).toBe(1);
    expect(messenger.events).toHaveLength(1);
  });

  it('has at most 30 members, its creator among them', async () => {
    const messenger = await startMessenger();
    const all = await persons(messenger, ...names(31));
    const [ann] = all as [Caller];
    const others = idsOf(all.slice(1));
    const create = (participant_ids: number[]) =>
      messenger.chats.create(ann, { chat_type: 'group', chat_name: 'G', participant_ids });
    expect((await create(others.slice(0, 29))).participants).toHaveLength(30);
    expect(await refusal(create(others))).toEqual(['GROUP_FULL', 'participant_ids']);
    expect(await messenger.chats.list(ann)).toHaveLength(1);
  });

  it('takes one of ten who are added at once to a group of 29', async () => {
    const { messenger, owner, chat_id } = await startGroup(names(29));
    const late = await persons(messenger, ...Array.from({ length: 10 }, (_, n) => `Late ${n}`));
    const codes = await Promise.all(
      late.map(({ user_id }) => codeOf(messenger.chats.addMember(owner, { chat_id, user_id }))),
    );
    expect(codes.sort()).toEqual([...Array(9).fill('GROUP_FULL'), 'passed']);
    expect((await messenger.chats.get(owner, { chat_id })).participants).toHaveLength(30);
    expect(messenger.events.map((event) => event.type)).toEqual(['member_changed', 'message_created']);
  });

  it('may be larger by option', async () => {
    const { messenger, owner, chat_id } = await startGroup(names(31), { limits: { group_members: 32 } });
    const [one, two] = (await persons(messenger, 'One', 'Two')) as [Caller, Caller];
    expect(await codeOf(messenger.chats.addMember(owner, { chat_id, user_id: one.user_id }))).toBe('passed');
    expect(await codeOf(messenger.chats.addMember(owner, { chat_id, user_id: two.user_id }))).toBe('GROUP_FULL');
  });

  it('needs a name and members who exist', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    const create = (input: object) =>
      refusal(messenger.call('chats.create', { chat_type: 'group', participant_ids: [], ...input }, ann));
    expect(await create({})).toEqual(['INVALID_INPUT', 'chat_name']);
    expect(await create({ chat_name: null })).toEqual(['INVALID_INPUT', 'chat_name']);
    expect(await create({ chat_name: '  ' })).toEqual(['INVALID_INPUT', 'chat_name']);
    expect(await create({ chat_name: 'x'.repeat(101) })).toEqual(['INVALID_INPUT', 'chat_name']);
    expect(await create({ chat_name: 'G', participant_ids: [999] })).toEqual(['USER_NOT_FOUND', 'participant_ids']);
    expect(await create({ chat_name: 'G', participant_ids: ['1'] })).toEqual(['INVALID_INPUT', 'participant_ids.0']);
    expect(await create({ chat_name: 'G', client_id: 'a b' })).toEqual(['INVALID_INPUT', 'client_id']);
    expect(await create({ chat_name: 'G', chat_type: 'channel' })).toEqual(['INVALID_INPUT', 'chat_type']);
    expect(await messenger.chats.list(ann)).toEqual([]);
  });
});

describe('the list of chats', () => {
  it('has the most recently active first, with its last message and what is unread', async () => {
    const messenger = await startMessenger();
    const [ann, bob, cem] = (await persons(messenger, 'Ann', 'Bob', 'Cem')) as [Caller, Caller, Caller];
    const one = await messenger.chats.createPrivate(ann, { target_user_id: bob.user_id });
    messenger.clock.advance(1);
    const two = await messenger.chats.createPrivate(ann, { target_user_id: cem.user_id });
    expect((await messenger.chats.list(ann)).map((chat) => chat.id)).toEqual([two.id, one.id]);
    messenger.clock.advance(1);
    for (const content of ['a', 'b', 'c']) await messenger.messages.send(bob, { chat_id: one.id, content });
    const list = await messenger.chats.list(ann);
    expect(list.map((chat) => [chat.id, chat.unread_count, chat.last_message?.content])).toEqual([
      [one.id, 3, 'c'],
      [two.id, 0, undefined],
    ]);
    await messenger.messages.markRead(ann, { chat_id: one.id, seq: 2 });
    expect(await messenger.chats.get(ann, { chat_id: one.id })).toMatchObject({
      unread_count: 1,
      unread_capped: false,
      read_seq: 2,
    });
    expect(await messenger.chats.list(ann, { limit: 1 })).toMatchObject([{ id: one.id }]);
    expect(await messenger.chats.list(ann, { limit: 1, offset: 1 })).toMatchObject([{ id: two.id }]);
    expect(await messenger.chats.list(ann, { after_chat_id: one.id })).toMatchObject([{ id: two.id }]);
    expect(await messenger.chats.list(cem)).toMatchObject([{ id: two.id, chat_name: 'Ann' }]);
  });

  it('counts one’s own messages as read', async () => {
    const { messenger, ann, chat_id } = await startPair();
    for (let n = 0; n < 3; n++) await messenger.messages.send(ann, { chat_id, content: 'x' });
    expect(await messenger.chats.get(ann, { chat_id })).toMatchObject({ unread_count: 0 });
  });
});

describe('a stranger', () => {
  it('gets one answer for a chat that is not theirs and for one that does not exist', async () => {
    const { messenger, chat_id } = await startPair();
    const eve = await messenger.person('Eve');
    const calls = (id: number) => [
      messenger.chats.get(eve, { chat_id: id }),
      messenger.chats.leave(eve, { chat_id: id }),
      messenger.chats.addMember(eve, { chat_id: id, user_id: eve.user_id }),
      messenger.chats.removeMember(eve, { chat_id: id, user_id: 1 }),
      messenger.messages.send(eve, { chat_id: id, content: 'x' }),
      messenger.messages.history(eve, { chat_id: id }),
      messenger.messages.markRead(eve, { chat_id: id, seq: 1 }),
      messenger.messages.markRead(eve, { chat_id: id, message_id: 1 }),
      messenger.messages.markDelivered(eve, { chat_id: id, message_id: 999 }),
      messenger.messages.typing(eve, { chat_id: id, is_typing: true }),
      messenger.sync.changes(eve, { chat_id: id, since: 0 }),
      messenger.sync.changes(eve, { chat_id: id, since: 5 }),
    ];
    const bodies = async (id: number) => Promise.all(calls(id).map((call) => call.catch((error) => error.toBody())));
    const known = await bodies(chat_id);
    expect(known).toEqual(await bodies(999));
    expect(new Set(known.map((body) => body.code))).toEqual(new Set(['NOT_A_MEMBER']));
    expect(messenger.events).toEqual([]);
  });
});
