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
  ])('%s', (_, operation, given, code) => {
    expect(createDecide({ group_members: 3 })(operation, { ...facts, ...given })).toBe(code);
  });
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
      [3, owner.user_id, bob.user_id, false, 'Bob'],
      [4, cem.user_id, cem.user_id, false, 'Cem'],
      [5, dan.user_id, bob.user_id, true, 'Bob'],
    ]);
    const { participants, rev } = await messenger.chats.get(owner, { chat_id });
    expect([participants.map((one) => one.first_name), rev]).toEqual([['Ann', 'Dan', 'Bob'], 5]);
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
    ]);
  });
});
