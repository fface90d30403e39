import type { Caller, ChatOperation, Facts } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { createDecide } from '../src/domain/decide.js';
import { codeOf, eventsOf, startGroup, startPair } from './helpers.js';

describe('the rules', () => {
  const member = { role: 'member', left_at: null } as Facts['actor'];
  const owner = { role: 'owner', left_at: null } as Facts['actor'];
  const admin = { role: 'admin', left_at: null } as Facts['actor'];
  const departed = { role: 'member', left_at: 5 } as Facts['actor'];
  const chat = { chat_type: 'group' } as Facts['chat'];
  const privately = { chat_type: 'private' } as Facts['chat'];
  const facts: Facts = {
    chat,
    actor: member,
    target: null,
    member_count: 2,
    is_blocked: false,
    reference_exists: true,
    message: null,
  };
  const base = { chat_id: 1, actor_id: 1, at: 0 };
  const append = {
    ...base,
    kind: 'append',
    client_id: 'c',
    content: 'x',
    message_type: 'text',
    reply_to_id: null,
  } as const;
  const add = { ...base, kind: 'add_member', user_id: 2, role: 'member' } as const;
  const remove = { ...base, kind: 'remove_member', user_id: 2 } as const;
  const leave = { ...remove, user_id: 1 };
  const own = { sender_id: 1, message_type: 'text', rev: 7, meta: null } as Facts['message'];
  const others = { sender_id: 2, message_type: 'text', rev: 7, meta: null } as Facts['message'];
  const system = { sender_id: 1, message_type: 'system', rev: 7, meta: null } as Facts['message'];
  const kinds = Array.from({ length: 20 }, (_, n) => ({ emoji: `${n}`, user_ids: [2] }));
  const liked = { ...others, meta: JSON.stringify({ reactions: kinds }) } as Facts['message'];
  const edit = { ...base, kind: 'edit_message', message_id: 1, content: 'x', if_rev: null } as const;
  const erase = { ...base, kind: 'delete_message', message_id: 1 } as const;
  const pin = { ...base, kind: 'pin_message', message_id: 1, is_pinned: true } as const;
  const react = { ...base, kind: 'react', message_id: 1, emoji: 'x', is_on: true } as const;
  const nickname = { ...base, kind: 'set_nickname', user_id: 2, nickname: 'x' } as const;
  const update = { ...base, kind: 'update_chat', chat_name: 'x' } as const;
  const clear = { ...base, kind: 'clear_history' } as const;
  const deleteChat = { ...base, kind: 'delete_chat' } as const;

  it.each<[string, ChatOperation, Partial<Facts>, string | null]>([
    ['a member writes', append, {}, null],
    ['a stranger writes', append, { actor: null }, 'NOT_A_MEMBER'],
    ['a departed member writes', append, { actor: departed }, 'NOT_A_MEMBER'],
    ['a blocked one writes', append, { chat: privately, is_blocked: true }, 'BLOCKED'],
    ['a reply to nothing', append, { reference_exists: false }, 'MESSAGE_NOT_FOUND'],
    ['a blocked one learns nothing of messages', append, { is_blocked: true, reference_exists: false }, 'BLOCKED'],
    ['a member adds', add, {}, null],
    ['a member adds somebody who had left', add, { target: departed }, null],
    ['a stranger adds', add, { actor: null }, 'NOT_A_MEMBER'],
    [
      'a departed member adds themselves',
      { ...add, user_id: 1 },
      { actor: departed, target: departed },
      'NOT_A_MEMBER',
    ],
    ['adding to a private chat', add, { chat: privately }, 'CHAT_IS_PRIVATE'],
    ['adding nobody', add, { reference_exists: false }, 'USER_NOT_FOUND'],
    ['adding a member', add, { target: member }, 'ALREADY_A_MEMBER'],
    ['adding a member of a full group', add, { target: member, member_count: 3 }, 'ALREADY_A_MEMBER'],
    ['adding to a full group', add, { member_count: 3 }, 'GROUP_FULL'],
    ['the owner removes', remove, { actor: owner, target: member }, null],
    ['the owner removes an admin', remove, { actor: owner, target: admin }, null],
    ['the owner removes a stranger', remove, { actor: owner }, 'MEMBER_NOT_FOUND'],
    ['the owner removes somebody who had left', remove, { actor: owner, target: departed }, 'MEMBER_NOT_FOUND'],
    ['a member removes', remove, { target: member }, 'FORBIDDEN'],
    ['an admin removes', remove, { actor: admin, target: member }, 'FORBIDDEN'],
    ['a member removes a stranger', remove, {}, 'FORBIDDEN'],
    ['a stranger removes', remove, { actor: null, target: member }, 'NOT_A_MEMBER'],
    ['a member leaves', leave, { target: member }, null],
    ['the owner leaves', leave, { actor: owner, target: owner }, 'OWNER_CANNOT_LEAVE'],
    ['somebody who had left leaves', leave, { actor: departed, target: departed }, 'NOT_A_MEMBER'],
    ['leaving a private chat', leave, { chat: privately, target: member }, 'CHAT_IS_PRIVATE'],
    ['removing from a private chat', remove, { chat: privately, target: member }, 'CHAT_IS_PRIVATE'],
    ['an author edits', edit, { message: own }, null],
    ['an author edits what they know', { ...edit, if_rev: 7 }, { message: own }, null],
    ['an author edits what has changed', { ...edit, if_rev: 6 }, { message: own }, 'CONFLICT'],
    ['a member edits another’s', edit, { message: others }, 'FORBIDDEN'],
    ['a member asks by a rev of another’s', { ...edit, if_rev: 6 }, { message: others }, 'FORBIDDEN'],
    ['the owner edits another’s', edit, { actor: owner, message: others }, 'FORBIDDEN'],
    ['a blocked one edits', edit, { chat: privately, message: own, is_blocked: true }, 'BLOCKED'],
    ['a blocked one edits nothing', edit, { chat: privately, is_blocked: true }, 'MESSAGE_NOT_FOUND'],
    ['an author deletes', erase, { message: own }, null],
    ['the owner deletes another’s', erase, { actor: owner, message: others }, null],
    ['an admin deletes another’s', erase, { actor: admin, message: others }, 'FORBIDDEN'],
    ['a member deletes another’s', erase, { message: others }, 'FORBIDDEN'],
    ['a blocked one takes back', erase, { chat: privately, message: own, is_blocked: true }, null],
    ['the owner deletes what the chat tells', erase, { actor: owner, message: system }, 'FORBIDDEN'],
    ['a member pins another’s', pin, { message: others }, null],
    ['a member unpins another’s', { ...pin, is_pinned: false }, { message: others }, null],
    ['a blocked one pins', pin, { chat: privately, message: own, is_blocked: true }, 'BLOCKED'],
    ['a member reacts', react, { message: others }, null],
    ['a member reacts in a 21st way', react, { message: liked }, 'TOO_MANY_REACTIONS'],
    ['a member reacts as another one', { ...react, emoji: '7' }, { message: liked }, null],
    ['a member takes off what is not on', { ...react, is_on: false }, { message: liked }, null],
    ['a blocked one reacts', react, { chat: privately, message: liked, is_blocked: true }, 'BLOCKED'],
    ['a member names themselves', { ...nickname, user_id: 1 }, { target: member }, null],
    ['a member names another', nickname, { target: member }, 'FORBIDDEN'],
    ['an admin names another', nickname, { actor: admin, target: member }, 'FORBIDDEN'],
    ['the owner names another', nickname, { actor: owner, target: member }, null],
    ['the owner names somebody who had left', nickname, { actor: owner, target: departed }, 'MEMBER_NOT_FOUND'],
    ['the owner names a stranger', nickname, { actor: owner }, 'MEMBER_NOT_FOUND'],
    ['one side names the other', nickname, { chat: privately, target: member }, 'FORBIDDEN'],
    ['one side names themselves', { ...nickname, user_id: 1 }, { chat: privately, target: member }, null],
    ['the owner renames', update, { actor: owner }, null],
    ['an admin renames', update, { actor: admin }, 'FORBIDDEN'],
    ['a member renames', update, {}, 'FORBIDDEN'],
    ['renaming a private chat', update, { chat: privately }, 'CHAT_IS_PRIVATE'],
    ['the owner clears', clear, { actor: owner }, null],
    ['a member clears', clear, {}, 'FORBIDDEN'],
    ['one side clears', clear, { chat: privately }, null],
    ['the owner deletes the chat', deleteChat, { actor: owner }, null],
    ['an admin deletes the chat', deleteChat, { actor: admin }, 'FORBIDDEN'],
    ['one side deletes the chat', deleteChat, { chat: privately }, null],
  ])('%s', (_, operation, given, code) => {
    expect(createDecide({ group_members: 3 })(operation, { ...facts, ...given })).toBe(code);
  });

  const every = [append, edit, erase, pin, react, add, remove, nickname, update, clear, deleteChat];

  it.each(every.map((one) => [one.kind, one] as const))('%s is for members alone', (_, operation) => {
    const decide = createDecide({ group_members: 3 });
    for (const actor of [null, departed]) {
      const given = { ...facts, actor, target: member, message: own, is_blocked: true, reference_exists: false };
      expect(decide(operation, given)).toBe('NOT_A_MEMBER');
    }
  });

  it.each([edit, erase, pin, react].map((one) => [one.kind, one] as const))(
    '%s is about a message that is seen, and that somebody wrote',
    (_, operation) => {
      const decide = createDecide({ group_members: 3 });
      expect(decide(operation, { ...facts, actor: owner })).toBe('MESSAGE_NOT_FOUND');
      expect(decide(operation, { ...facts, actor: owner, message: system })).toBe('FORBIDDEN');
    },
  );
});

describe('membership', () => {
  it('adds, removes and leaves, and tells everybody in the order of rev', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const dan = await messenger.person('Dan');
    await messenger.chats.addMember(bob, { chat_id, user_id: dan.user_id });
    await messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    await messenger.chats.leave(cem, { chat_id });
    messenger.clock.advance(1);
    await messenger.chats.addMember(dan, { chat_id, user_id: bob.user_id });
    const told = eventsOf(messenger.events, 'member_changed').map((event) => [
      event.rev,
      event.by,
      event.member.user_id,
      event.member.is_active,
      event.member.first_name,
    ]);
    expect(told).toEqual([
      [2, bob.user_id, dan.user_id, true, 'Dan'],
      [4, owner.user_id, bob.user_id, false, 'Bob'],
      [6, cem.user_id, cem.user_id, false, 'Cem'],
      [8, dan.user_id, bob.user_id, true, 'Bob'],
    ]);
    // After each of them the chat says so itself.
    const said = eventsOf(messenger.events, 'message_created').map(({ rev, message }) => [
      rev,
      message.sender_id,
      message.system,
    ]);
    expect(said).toEqual([
      [3, bob.user_id, { kind: 'member_added', user_id: dan.user_id }],
      [5, owner.user_id, { kind: 'member_removed', user_id: bob.user_id }],
      [7, cem.user_id, { kind: 'member_left', user_id: cem.user_id }],
      [9, dan.user_id, { kind: 'member_added', user_id: bob.user_id }],
    ]);
    expect(messenger.events.map((event) => 'rev' in event && event.rev)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    const { participants, rev } = await messenger.chats.get(owner, { chat_id });
    expect([participants.map((one) => one.first_name), rev]).toEqual([['Ann', 'Dan', 'Bob'], 9]);
    expect(await codeOf(messenger.chats.get(cem, { chat_id }))).toBe('NOT_A_MEMBER');
    expect(await messenger.chats.list(cem)).toEqual([]);
  });

  it('refuses by the rules, changes nothing and tells nobody', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const eve = await messenger.person('Eve');
    const add = (by: Caller, user_id: number) => codeOf(messenger.chats.addMember(by, { chat_id, user_id }));
    const remove = (by: Caller, user_id: number) => codeOf(messenger.chats.removeMember(by, { chat_id, user_id }));
    expect(await add(owner, bob.user_id)).toBe('ALREADY_A_MEMBER');
    expect(await add(owner, 999)).toBe('USER_NOT_FOUND');
    expect(await add(eve, eve.user_id)).toBe('NOT_A_MEMBER');
    expect(await remove(bob, cem.user_id)).toBe('FORBIDDEN');
    expect(await remove(bob, owner.user_id)).toBe('FORBIDDEN');
    expect(await remove(owner, owner.user_id)).toBe('OWNER_CANNOT_LEAVE');
    expect(await remove(owner, eve.user_id)).toBe('MEMBER_NOT_FOUND');
    expect(await remove(owner, 999)).toBe('MEMBER_NOT_FOUND');
    expect(await remove(eve, bob.user_id)).toBe('NOT_A_MEMBER');
    expect(await codeOf(messenger.chats.leave(owner, { chat_id }))).toBe('OWNER_CANNOT_LEAVE');
    await expect(messenger.chats.addMember(owner, { chat_id, user_id: 999 })).rejects.toMatchObject({
      field: 'user_id',
    });
    await expect(messenger.chats.addMember(owner, { chat_id, user_id: bob.user_id })).rejects.toMatchObject({
      field: 'user_id',
    });
    expect(messenger.events).toEqual([]);
    expect(await messenger.chats.get(owner, { chat_id })).toMatchObject({ rev: 1, participants: { length: 3 } });
  });

  it('is settled in a private chat', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const eve = await messenger.person('Eve');
    expect(await codeOf(messenger.chats.addMember(ann, { chat_id, user_id: eve.user_id }))).toBe('CHAT_IS_PRIVATE');
    expect(await codeOf(messenger.chats.removeMember(ann, { chat_id, user_id: bob.user_id }))).toBe('CHAT_IS_PRIVATE');
    expect(await codeOf(messenger.chats.leave(ann, { chat_id }))).toBe('CHAT_IS_PRIVATE');
  });

  it('keeps a message of somebody out who is removed in the same moment', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    // Both arrive before either is written: the order of arrival decides.
    const send = (content: string) => codeOf(messenger.messages.send(bob, { chat_id, content }));
    const before = send('before');
    const removing = messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    const codes = [await before, await removing.then(() => 'passed'), await send('after')];
    expect(codes).toEqual(['passed', 'passed', 'NOT_A_MEMBER']);
    expect(messenger.events.map((event) => event.type).filter((type) => type !== 'message_read')).toEqual([
      'message_created',
      'member_changed',
      'message_created',
    ]);
    expect(await messenger.messages.history(owner, { chat_id })).toMatchObject([{ content: 'before' }]);
  });
});
