import { readFileSync } from 'node:fs';
import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { blacklist } from '../src/domain/blacklist.js';
import { accountsForTests, codeOf, eventsOf, persons, refusal, spiedOn, startMessenger, startPair } from './helpers.js';

/** Ann has blocked Bob; Cem is a third person. */
async function startBlocked(options: Parameters<typeof startPair>[0] = {}) {
  const { messenger, ann, bob, chat_id } = await startPair(options);
  const [cem] = (await persons(messenger, 'Cem')) as [Caller];
  const group = await messenger.chats.createGroup(cem, {
    chat_name: 'All',
    participant_ids: [ann.user_id, bob.user_id],
  });
  await messenger.users.block(ann, { user_id: bob.user_id });
  messenger.events.length = 0;
  return { messenger, ann, bob, cem, chat_id, group_id: group.id };
}

describe('the table', () => {
  it('says the same in the code and in the docs', () => {
    const text = readFileSync(new URL('../../../docs/blacklist.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| (\w+) \| (\w+) \| (\w+) \|$/gm)].map(([, row, of_blocked, of_blocker]) => [
      row,
      { of_blocked, of_blocker },
    ]);
    expect(Object.fromEntries(rows)).toEqual(blacklist);
    expect(rows.map(([row]) => row)).toEqual(Object.keys(blacklist));
  });
});

describe('a block', () => {
  it('is made, repeated, listed and taken back', async () => {
    const { messenger, ann, bob, cem, chat_id } = await startBlocked();
    const block = (user_id: number) => messenger.users.block(ann, { user_id });
    expect(await block(bob.user_id)).toEqual({ message: 'The user was blocked.' });
    messenger.clock.advance(1);
    await block(cem.user_id);
    const listed = async (page = {}) => (await messenger.users.blocked(ann, page)).map((user) => user.first_name);
    expect([await listed(), await listed({ limit: 1, offset: 1 })]).toEqual([['Cem', 'Bob'], ['Bob']]);
    expect(await messenger.users.blocked(bob)).toEqual([]);
    expect(await refusal(block(ann.user_id))).toEqual(['BLOCK_SELF', 'user_id']);
    expect(await refusal(block(999))).toEqual(['USER_NOT_FOUND', 'user_id']);
    const unblock = (user_id: number) => messenger.users.unblock(ann, { user_id });
    expect(await unblock(bob.user_id)).toEqual({ message: 'The user was unblocked.' });
    expect(await codeOf(unblock(bob.user_id))).toBe('passed');
    expect(await refusal(unblock(ann.user_id))).toEqual(['BLOCK_SELF', 'user_id']);
    expect(await refusal(unblock(999))).toEqual(['USER_NOT_FOUND', 'user_id']);
    expect(await codeOf(messenger.messages.send(bob, { chat_id, content: 'x' }))).toBe('passed');
  });

  it('private_message: refuses the blocked one’s and stores nothing; the blocker’s arrives', async () => {
    const { messenger, ann, bob, chat_id } = await startBlocked();
    expect(await codeOf(messenger.messages.send(bob, { chat_id, content: 'x' }))).toBe('BLOCKED');
    expect(messenger.events).toEqual([]);
    await messenger.messages.send(ann, { chat_id, content: 'y' });
    for (const reader of [ann, bob]) {
      const history = await messenger.messages.history(reader, { chat_id });
      expect(history.map((message) => message.content)).toEqual(['y']);
    }
  });

  it('private_nickname: one’s own is refused to the blocked one only, and so is no other', async () => {
    const { messenger, ann, bob, chat_id, group_id } = await startBlocked();
    const name = (caller: Caller, id: number) =>
      codeOf(messenger.chats.setNickname(caller, { chat_id: id, user_id: caller.user_id, nickname: 'read this' }));
    expect([await name(bob, chat_id), await name(bob, group_id)]).toEqual(['BLOCKED', 'passed']);
    expect(await name(ann, chat_id)).toBe('passed');
    const { participants } = await messenger.chats.get(ann, { chat_id });
    const nicknames = new Map(participants.map(({ id, nickname }) => [id, nickname]));
    expect([nicknames.get(ann.user_id), nicknames.get(bob.user_id)]).toEqual(['read this', null]);
  });

  it('private_clear: for everyone is refused to the blocked one only, who may for themselves', async () => {
    const { messenger, ann, bob, chat_id } = await startBlocked();
    await messenger.messages.send(ann, { chat_id, content: 'kept' });
    const all = { chat_id, for_everyone: true };
    expect(await codeOf(messenger.chats.clear(bob, all))).toBe('BLOCKED');
    expect(await codeOf(messenger.chats.delete(bob, all))).toBe('BLOCKED');
    expect(await codeOf(messenger.chats.clear(bob, { chat_id }))).toBe('passed');
    expect(await codeOf(messenger.chats.delete(bob, { chat_id }))).toBe('passed');
    expect(await messenger.messages.history(ann, { chat_id })).toMatchObject([{ content: 'kept' }]);
    expect(await codeOf(messenger.chats.clear(ann, all))).toBe('passed');
    expect(await codeOf(messenger.chats.delete(ann, all))).toBe('passed');
  });

  it('private_history: stays for both', async () => {
    const { messenger, ann, bob, chat_id } = await startPair();
    await messenger.messages.send(bob, { chat_id, content: 'before' });
    await messenger.users.block(ann, { user_id: bob.user_id });
    for (const reader of [ann, bob]) expect(await messenger.messages.history(reader, { chat_id })).toHaveLength(1);
  });

  it.each(['of_blocked', 'of_blocker'] as const)('private_chat %s: is opened, and found', async (side) => {
    const messenger = await startMessenger();
    const [ann, bob] = (await persons(messenger, 'Ann', 'Bob')) as [Caller, Caller];
    await messenger.users.block(ann, { user_id: bob.user_id });
    const [opener, other] = side === 'of_blocked' ? [bob, ann] : [ann, bob];
    const chat = await messenger.chats.createPrivate(opener, { target_user_id: other.user_id });
    expect(chat).toMatchObject({ last_seq: 0, participants: { length: 2 } });
    expect((await messenger.chats.list(other)).map(({ id }) => id)).toEqual([chat.id]);
  });

  it('private_typing, group_typing: hidden between the two, and shown in groups', async () => {
    const { messenger, ann, bob, chat_id, group_id } = await startBlocked();
    for (const caller of [ann, bob]) {
      for (const id of [chat_id, group_id]) await messenger.messages.typing(caller, { chat_id: id, is_typing: true });
    }
    const told = eventsOf(messenger.events, 'typing').map((event) => [event.chat_id, event.hidden_from]);
    expect(told).toEqual([
      [chat_id, [bob.user_id]],
      [group_id, undefined],
      [chat_id, [ann.user_id]],
      [group_id, undefined],
    ]);
  });

  it('private_receipt, group_receipt: the blocker’s marks are kept, and hidden in the private chat', async () => {
    const { messenger, ann, bob, cem, chat_id, group_id } = await startBlocked();
    await messenger.users.unblock(ann, { user_id: bob.user_id });
    await messenger.messages.send(bob, { chat_id, content: 'read me' });
    await messenger.users.block(ann, { user_id: bob.user_id });
    await messenger.messages.markDelivered(ann, { chat_id, seq: 1 });
    await messenger.messages.markRead(ann, { chat_id, seq: 1 });
    await messenger.messages.send(ann, { chat_id, content: 'and me' });
    await messenger.messages.markRead(bob, { chat_id, seq: 2 });
    await messenger.messages.send(cem, { chat_id: group_id, content: 'x' });
    for (const caller of [ann, bob]) await messenger.messages.markRead(caller, { chat_id: group_id, seq: 1 });
    const told = [...eventsOf(messenger.events, 'message_delivered'), ...eventsOf(messenger.events, 'message_read')];
    const hiddenOf = (caller: Caller, id: number) =>
      told
        .filter((event) => event.user_id === caller.user_id && event.chat_id === id)
        .map((event) => event.hidden_from);
    // Delivered, read, and what her own message says of her.
    const hers = hiddenOf(ann, chat_id);
    expect(hers.length).toBeGreaterThanOrEqual(2);
    expect(hers).toEqual(hers.map(() => [bob.user_id]));
    expect(hiddenOf(bob, chat_id).every((hidden) => hidden === undefined)).toBe(true);
    expect([hiddenOf(ann, group_id), hiddenOf(bob, group_id)]).toEqual([[undefined], [undefined]]);
    const [message] = await messenger.messages.history(bob, { chat_id, after_seq: 0, limit: 1 });
    expect(message?.status).toBe('read');
  });

  it('group_message: goes on between the two', async () => {
    const { messenger, ann, bob, group_id } = await startBlocked();
    for (const caller of [ann, bob]) {
      expect(await codeOf(messenger.messages.send(caller, { chat_id: group_id, content: 'x' }))).toBe('passed');
    }
    for (const caller of [ann, bob]) {
      expect(await messenger.messages.history(caller, { chat_id: group_id })).toHaveLength(2);
    }
  });

  it('add_to_group: is refused to the blocked one only', async () => {
    const { messenger, ann, bob, cem } = await startBlocked();
    const groupOf = async (...callers: Caller[]) => {
      const [owner, ...others] = callers as [Caller, ...Caller[]];
      const participant_ids = others.map((other) => other.user_id);
      return (await messenger.chats.createGroup(owner, { chat_name: 'G', participant_ids })).id;
    };
    const add = (by: Caller, chat_id: number, whom: Caller) =>
      refusal(messenger.chats.addMember(by, { chat_id, user_id: whom.user_id }));
    const his = await groupOf(bob, cem);
    messenger.events.length = 0;
    expect(await add(bob, his, ann)).toEqual(['BLOCKED', undefined]);
    expect(messenger.events).toEqual([]);
    expect((await add(cem, his, ann))[0]).toBe('passed');
    expect((await add(ann, await groupOf(ann), bob))[0]).toBe('passed');
    // Who may know that nothing is to be known: those already there are there.
    expect((await add(bob, his, ann))[0]).toBe('ALREADY_A_MEMBER');
  });

  it('create_group_with: is refused to the blocked one only, by both routes', async () => {
    const { messenger, ann, bob, cem } = await startBlocked();
    const make = (owner: Caller, ...others: Caller[]) => {
      const group = { chat_name: 'G', participant_ids: others.map((other) => other.user_id) };
      return codeOf(messenger.chats.createGroup(owner, group));
    };
    expect(await make(bob, cem, ann)).toBe('BLOCKED');
    const old = { chat_type: 'group' as const, chat_name: 'G', participant_ids: [ann.user_id] };
    expect(await codeOf(messenger.chats.create(bob, old))).toBe('BLOCKED');
    expect(messenger.events).toEqual([]);
    expect([await make(ann, bob), await make(cem, ann, bob)]).toEqual(['passed', 'passed']);
  });

  it('presence, profile: are hidden from the blocked one, wherever people are shown', async () => {
    const storage = sqlite(':memory:');
    const { messenger, ann, bob, cem, chat_id, group_id } = await startBlocked({ storage });
    messenger.presence.connected(ann.user_id);
    messenger.presence.connected(bob.user_id);
    const { get } = storage.users;
    const filled = { avatar_url: '/a', banner_url: '/b', bio: 'c', status_text: 'd', last_seen_at: 5 };
    const fill = <T extends object>(row: T): T => ({ ...row, ...filled });
    storage.users.get = async (ids) => (await get(ids)).map(fill);
    const { of } = storage.members;
    storage.members.of = async (ids) => (await of(ids)).map((member) => ({ ...member, user: fill(member.user) }));
    const hidden = { avatar_url: null, banner_url: null, bio: null, status_text: null, is_online: false };
    const shown = { avatar_url: '/a', banner_url: '/b', bio: 'c', status_text: 'd', is_online: true };
    const views = async (viewer: Caller, whom: Caller) => {
      const { user_id } = whom;
      const find = (chat?: { participants: { id: number }[] }) => chat?.participants.find(({ id }) => id === user_id);
      const lists = await messenger.chats.list(viewer);
      const changes = await messenger.sync.changes(viewer, { chat_id: group_id, since: 0 });
      return [
        await messenger.users.get(viewer, { user_id }),
        ...lists.map(find),
        find(await messenger.chats.get(viewer, { chat_id: group_id })),
        find(changes.chat),
        changes.members.find(({ id }) => id === user_id),
      ];
    };
    for (const seen of await views(bob, ann)) {
      expect(seen).toMatchObject({ ...hidden, last_seen_at: null, first_name: 'Ann', public_key: '' });
    }
    for (const [viewer, whom] of [
      [ann, bob],
      [cem, ann],
    ] as const) {
      for (const seen of await views(viewer, whom)) expect(seen).toMatchObject(shown);
    }
    const [ofBob] = (await messenger.chats.list(bob)).filter((chat) => chat.id === chat_id);
    expect(ofBob).toMatchObject({ chat_name: 'Ann', avatar_url: null });
  });

  it('profile: a member who joins is cut for those whom they have blocked, and for nobody else', async () => {
    const { messenger, ann, bob, cem } = await startBlocked();
    const group = await messenger.chats.createGroup(cem, { chat_name: 'G', participant_ids: [bob.user_id] });
    messenger.events.length = 0;
    await messenger.chats.addMember(cem, { chat_id: group.id, user_id: ann.user_id });
    await messenger.chats.leave(bob, { chat_id: group.id });
    expect(eventsOf(messenger.events, 'member_changed').map((event) => event.hidden_from)).toEqual([
      [bob.user_id],
      undefined,
    ]);
  });

  it('search: does not find the blocker, by name or by number', async () => {
    const messenger = await startMessenger(accountsForTests());
    const account = { phone: '+491511234567', password: 'correct horse', username: 'annlee' };
    const ann = { user_id: (await messenger.auth.register(null, account)).id };
    const [bob, cem] = (await persons(messenger, 'Robert', 'Roberta')) as [Caller, Caller];
    await messenger.users.block(ann, { user_id: bob.user_id });
    const found = async (by: Caller, q: string) => (await messenger.users.search(by, { q })).length;
    for (const q of ['annlee', '+491511234567']) {
      expect([q, await found(bob, q), await found(cem, q)]).toEqual([q, 0, 1]);
    }
    expect(await found(ann, 'Robert')).toBe(2);
  });

  it('push: the storage says to whom nothing of the sender goes', async () => {
    const storage = sqlite(':memory:');
    const { ann, bob, cem } = await startBlocked({ storage });
    const others = [ann.user_id, cem.user_id];
    expect(await storage.blocks.blockersOf(bob.user_id, others)).toEqual([ann.user_id]);
    expect(await storage.blocks.blockersOf(ann.user_id, [bob.user_id, cem.user_id])).toEqual([]);
  });
});

describe('what a block costs', () => {
  it('is one question for all the people of an answer, and none where messages are sent and read', async () => {
    const { storage, calls } = spiedOn(sqlite(':memory:'));
    const { messenger, bob, cem, chat_id, group_id } = await startBlocked({ storage });
    const asked = async (run: () => Promise<unknown>) => {
      calls.length = 0;
      await run();
      return calls.filter((call) => call.startsWith('blocks.'));
    };
    expect(await asked(() => messenger.chats.list(bob))).toEqual(['blocks.blockersOf']);
    expect(await asked(() => messenger.chats.get(bob, { chat_id }))).toEqual(['blocks.blockersOf']);
    expect(await asked(() => messenger.users.me(bob))).toEqual([]);
    expect(await asked(() => messenger.users.get(bob, { user_id: bob.user_id }))).toEqual([]);
    expect(await asked(() => messenger.users.search(bob, { q: 'nobody' }))).toEqual([]);
    expect(await asked(() => messenger.messages.history(bob, { chat_id }))).toEqual([]);
    const sent = await asked(() => messenger.messages.send(cem, { chat_id: group_id, content: 'x' }));
    expect(sent.length).toBeLessThanOrEqual(1);
  });
});
