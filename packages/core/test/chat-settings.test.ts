import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { chatSchema } from '../src/schemas.js';
import { codeOf, refusal, startGroup, startPair, toldIn } from './helpers.js';

describe('renaming a group', () => {
  it('is for its owner, and told once', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob']);
    const [bob] = others as [Caller];
    const rename = (caller: Caller, name: unknown) =>
      refusal(messenger.chats.rename(caller, { chat_id, name } as never));
    expect(await rename(bob, 'New')).toEqual(['FORBIDDEN', undefined]);
    expect(await rename(await messenger.person('Eve'), 'New')).toEqual(['NOT_A_MEMBER', undefined]);
    for (const name of ['', ' ', 'x'.repeat(101), '\ud800', 5, undefined]) {
      expect(await rename(owner, name)).toEqual(['INVALID_INPUT', 'name']);
    }
    expect(toldIn(messenger.events)).toEqual([]);
    for (const name of [' New 🙂 ', 'New 🙂']) expect(await rename(owner, name)).toEqual(['passed', undefined]);
    expect(toldIn(messenger.events)).toEqual([
      { type: 'chat_updated', chat_id, rev: 2, chat_name: 'New 🙂', avatar_url: null, by: owner.user_id },
    ]);
    expect(await messenger.chats.list(bob)).toMatchObject([{ chat_name: 'New 🙂', rev: 2 }]);
    const changes = await messenger.sync.changes(bob, { chat_id, since: 1 });
    expect(changes).toMatchObject({ to: 2, chat: { chat_name: 'New 🙂' }, members: [], messages: [] });
  });

  it('is nothing for a private chat', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const renaming = messenger.chats.rename(ann, { chat_id, name: 'x' });
    expect(await refusal(renaming)).toEqual(['CHAT_IS_PRIVATE', 'chat_id']);
  });
});

describe('a nickname', () => {
  it('is given by oneself, or by the owner to anybody, and told once', async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob', 'Cem']);
    const [bob, cem] = others as [Caller, Caller];
    const eve = await messenger.person('Eve');
    const name = (by: Caller, { user_id }: Caller, nickname?: unknown) =>
      refusal(messenger.chats.setNickname(by, { chat_id, user_id, nickname } as never));
    expect(await name(bob, cem, 'no')).toEqual(['FORBIDDEN', undefined]);
    expect(await name(eve, eve, 'no')).toEqual(['NOT_A_MEMBER', undefined]);
    expect(await name(owner, eve, 'no')).toEqual(['MEMBER_NOT_FOUND', 'user_id']);
    expect(await name(owner, { user_id: 999 }, 'no')).toEqual(['MEMBER_NOT_FOUND', 'user_id']);
    expect(await name(owner, { user_id: -1 }, 'no')).toEqual(['INVALID_INPUT', 'user_id']);
    for (const nickname of ['', ' ', 'x'.repeat(51), 7, '\0', 'a\nb', '\u202e', '\u200b\u3164', '\ufe0f']) {
      expect(await name(bob, bob, nickname)).toEqual(['INVALID_INPUT', 'nickname']);
    }
    expect(toldIn(messenger.events)).toEqual([]);
    await name(bob, bob, ' Bobby ');
    await name(owner, bob, 'Bobby');
    await name(owner, bob, 'Robert');
    await name(bob, bob, null);
    await name(bob, bob);
    expect(toldIn(messenger.events)).toMatchObject([
      { type: 'member_changed', rev: 2, by: bob.user_id, member: { nickname: 'Bobby', rev: 2, is_active: true } },
      { type: 'member_changed', rev: 3, by: owner.user_id, member: { nickname: 'Robert', rev: 3 } },
      { type: 'member_changed', rev: 4, by: bob.user_id, member: { nickname: null, rev: 4 } },
    ]);
    expect(toldIn(messenger.events)).toHaveLength(3);
    expect(await messenger.messages.history(cem, { chat_id, with_system: true })).toEqual([]);
    await messenger.chats.leave(cem, { chat_id });
    expect(await name(cem, cem, 'no')).toEqual(['NOT_A_MEMBER', undefined]);
    expect(await name(owner, cem, 'no')).toEqual(['MEMBER_NOT_FOUND', 'user_id']);
  });
});

describe('muting a chat', () => {
  it('is each member’s own: for a while, until further notice, and no more', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    const mute = (for_seconds?: number | null) => messenger.chats.mute(ann, { chat_id, for_seconds });
    const until = async () => (await messenger.chats.get(ann, { chat_id })).muted_until;
    await mute(60);
    expect(Date.parse((await until()) as string)).toBe(messenger.clock.now() + 60_000);
    for (const forever of [undefined, null]) {
      await mute(forever);
      const muted_until = (await until()) as string;
      expect(Date.parse(muted_until)).toBeGreaterThan(messenger.clock.now() + 1_000 * 365 * 86_400_000);
      // In the form of every other time, which any client can read.
      expect(chatSchema.parse(await messenger.chats.get(ann, { chat_id })).muted_until).toBe(muted_until);
    }
    await mute(0);
    expect(await until()).toBeNull();
    expect(toldIn(messenger.events)).toMatchObject(
      Array.from({ length: 4 }, () => ({ type: 'chat_muted', chat_id, only_for: ann.user_id })),
    );
    expect(toldIn(messenger.events).at(-1)).toMatchObject({ muted_until: null });
    expect(await messenger.chats.get(bob, { chat_id })).toMatchObject({ muted_until: null, rev: 1 });
  });

  it('is for members, by a number of seconds that makes sense', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const eve = await messenger.person('Eve');
    for (const id of [chat_id, 999]) {
      expect(await codeOf(messenger.chats.mute(eve, { chat_id: id }))).toBe('NOT_A_MEMBER');
    }
    for (const for_seconds of [-1, 1.5, '60', 1e12, Number.NaN]) {
      expect(await refusal(messenger.chats.mute(ann, { chat_id, for_seconds } as never))).toEqual([
        'INVALID_INPUT',
        'for_seconds',
      ]);
    }
    expect(toldIn(messenger.events)).toEqual([]);
  });
});
