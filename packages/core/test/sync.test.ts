import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, refusal, startGroup, startPair } from './helpers.js';

const unlimited = { limits: { messages_per_second: Number.POSITIVE_INFINITY } };

describe('heads', () => {
  it('say where one’s chats stand, those one has left among them', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const { epoch, chats } = await messenger.sync.heads(bob);
    expect(epoch).toMatch(/^[0-9a-f-]{36}$/);
    expect(chats).toEqual([{ chat_id, rev: 1, is_member: true, is_hidden: false }]);
    await messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    await messenger.messages.send(owner, { chat_id, content: 'x' });
    expect((await messenger.sync.heads(bob)).chats).toEqual([{ chat_id, rev: 2, is_member: false, is_hidden: false }]);
    expect((await messenger.sync.heads(owner)).chats).toEqual([{ chat_id, rev: 4, is_member: true, is_hidden: false }]);
    expect((await messenger.sync.heads(await messenger.person('Eve'))).chats).toEqual([]);
  });
});

describe('changes', () => {
  it('begin with a snapshot: the chat, its members and its newest messages, oldest first', async () => {
    const { messenger, ann, chat_id } = await startPair(unlimited);
    for (let n = 1; n <= 60; n++) await messenger.messages.send(ann, { chat_id, content: `${n}` });
    const changes = await messenger.sync.changes(ann, { chat_id, since: 0 });
    expect(changes).toMatchObject({
      chat_id,
      from: 0,
      to: 61,
      snapshot: true,
      more: false,
      chat: { chat_name: 'Bob' },
    });
    expect(changes.members).toHaveLength(2);
    expect(changes.messages.map((message) => message.seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 11));
  });

  it('go on with what differs, in pages', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem'], unlimited);
    const [bob] = others as [Caller];
    for (let n = 1; n <= 5; n++) await messenger.messages.send(bob, { chat_id, content: `${n}` });
    await messenger.chats.leave(bob, { chat_id });
    await messenger.messages.markRead(owner, { chat_id, seq: 2 });
    const first = await messenger.sync.changes(owner, { chat_id, since: 1, limit: 3 });
    expect(first).toMatchObject({ from: 1, to: 4, more: true, snapshot: false, members: [] });
    expect(first.messages.map(({ seq, status }) => [seq, status])).toEqual([
      [1, 'read'],
      [2, 'read'],
      [3, 'sent'],
    ]);
    expect(first).not.toHaveProperty('chat');
    const rest = await messenger.sync.changes(owner, { chat_id, since: first.to });
    expect(rest).toMatchObject({
      from: 4,
      to: 8,
      more: false,
      members: [{ user_id: bob.user_id, is_active: false, first_name: 'Bob' }],
    });
    expect(rest.messages.map(({ seq, message_type }) => [seq, message_type])).toEqual([
      [4, 'text'],
      [5, 'text'],
      [6, 'system'],
    ]);
    const nothing = await messenger.sync.changes(owner, { chat_id, since: 8 });
    expect(nothing).toMatchObject({ from: 8, to: 8, more: false, members: [], messages: [] });
  });

  it('tell the removed of their removal and of nothing else', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    await messenger.messages.send(owner, { chat_id, content: 'heard' });
    await messenger.chats.removeMember(owner, { chat_id, user_id: bob.user_id });
    await messenger.messages.send(owner, { chat_id, content: 'a secret' });
    await messenger.chats.leave(cem, { chat_id });
    for (const since of [0, 1, 2, 3]) {
      const farewell = await messenger.sync.changes(bob, { chat_id, since });
      expect(farewell).toMatchObject({
        from: since,
        to: 3,
        more: false,
        snapshot: false,
        messages: [],
        members: [{ user_id: bob.user_id, is_active: false, rev: 3 }],
      });
      expect(farewell.members).toHaveLength(1);
      expect(farewell).not.toHaveProperty('chat');
      expect(JSON.stringify(farewell)).not.toContain('secret');
    }
    await messenger.chats.addMember(owner, { chat_id, user_id: bob.user_id });
    const back = await messenger.sync.changes(bob, { chat_id, since: 3 });
    // Everything since, and of each coming and going the message that tells of it.
    expect(back.to).toBe(9);
    expect(back.messages.map((message) => message.system?.kind ?? message.content)).toEqual([
      'member_removed',
      'a secret',
      'member_left',
      'member_added',
    ]);
    expect(back.members.map((member) => [member.user_id, member.is_active])).toEqual([
      [cem.user_id, false],
      [bob.user_id, true],
    ]);
  });

  it('are refused to strangers, and want sensible questions', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const eve = await messenger.person('Eve');
    expect(await codeOf(messenger.sync.changes(eve, { chat_id, since: 1 }))).toBe('NOT_A_MEMBER');
    for (const [input, field] of [
      [{ since: -1 }, 'since'],
      [{}, 'since'],
      [{ since: 1, limit: 0 }, 'limit'],
      [{ since: 1, limit: 1_001 }, 'limit'],
    ] as const) {
      expect(await refusal(messenger.sync.changes(ann, { chat_id, ...input } as never))).toEqual([
        'INVALID_INPUT',
        field,
      ]);
    }
  });
});
