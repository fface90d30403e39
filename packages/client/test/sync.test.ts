import { describe, expect, it } from 'vitest';
import type { Message } from '../src/index.js';
import { contents, useScriptedServer } from './fixture.js';
import { changes, chat, live, me, member, message, other, sleep, snapshot, until } from './scripted-peer.js';

describe('gap rule', () => {
  const use = useScriptedServer();

  it('applies the next event, ignores a repeated one, and asks for what is missing after 300 ms', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    peer.say(live(message(2)), live(message(2)), live(message(1)), live(message(4)));
    await until(() => contents(client).length === 2);
    const asked = Date.now();
    const question = await peer.take('sync');
    expect(Date.now() - asked).toBeGreaterThan(250);
    expect(question).toMatchObject({ chat_id: 7, since: 3 });
    peer.say({ ...changes(3, 5, { messages: [message(3), message(4)] }), ref: question.ref as number });
    await until(() => contents(client).length === 4);
    peer.say(live(message(5)));
    await until(() => contents(client).length === 5);
    // What is known already, as an event and as an answer that was overtaken, changes nothing and asks nothing.
    peer.say(changes(2, 3, { messages: [message(2)] }), live(message(3)), live(message(6)));
    await until(() => contents(client).length === 6);
    await sleep(350);
    expect(peer.received.filter(({ type }) => type === 'sync')).toHaveLength(1);
    expect(contents(client)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  });

  it('does not ask when the missing event comes in time', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    peer.say(live(message(3)), live(message(2)));
    await until(() => contents(client).length === 3);
    await sleep(350);
    expect(peer.received.filter(({ type }) => type === 'sync')).toEqual([]);
    expect(contents(client)).toEqual(['m1', 'm2', 'm3']);
  });

  it('asks again from where an answer was cut', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    peer.say(live(message(6)));
    const first = await peer.take('sync');
    peer.say({ ...changes(2, 4, { messages: [message(2), message(3)], more: true }), ref: first.ref as number });
    const second = await peer.take('sync');
    expect(second.since).toBe(4);
    peer.say({
      ...changes(4, 7, { messages: [message(4), message(5), message(6)] }),
      ref: second.ref as number,
    });
    await until(() => contents(client).length === 6);
  });

  it('tries again when the answer is an error that passes', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    peer.say(live(message(3)));
    const { ref } = await peer.take('sync');
    const busy = { code: 'BUSY', message: 'Busy.', error: 'Busy.', retryable: true, retry_after_ms: 30 } as const;
    peer.say({ type: 'error', ref: ref as number, ...busy });
    const again = await peer.take('sync');
    peer.say({ ...changes(2, 4, { messages: [message(2), message(3)] }), ref: again.ref as number });
    await until(() => contents(client).length === 3);
  });

  it('loads a chat that an event speaks of, with what comes meanwhile, and tells of its messages once', async () => {
    const { client, peer } = await use.online();
    const told: string[] = [];
    client.on('message_created', (event) => told.push(event.message.content));
    const created: number[] = [];
    client.on('chat_created', (event) => created.push(event.chat.id));
    peer.say({ type: 'chat_created', chat_id: 7, rev: 1, member_ids: [me, other] }, live(message(1)));
    const { since, ref } = await peer.take('sync');
    expect(since).toBe(0);
    // Read before the second message, sent after it.
    peer.say(live(message(2)), { ...snapshot([message(1)]), ref: ref as number });
    await until(() => contents(client).length === 2);
    peer.say(live(message(3)));
    await until(() => told.length === 3);
    expect(told).toEqual(['m1', 'm2', 'm3']);
    expect(created).toEqual([7]);
    expect(client.chats.get().map(({ id }) => id)).toEqual([7]);
  });
});

describe('a chat that is new while the connection breaks', () => {
  const use = useScriptedServer();

  it('is loaded by its newest page, and its messages are told of once', async () => {
    const { client, peer } = await use.online();
    const told: string[] = [];
    client.on('message_created', (event) => told.push(event.message.content));
    peer.say({ type: 'chat_created', chat_id: 7, rev: 1, member_ids: [me, other] }, live(message(1)));
    await peer.take('sync');
    peer.cut();
    const again = await use.server.next();
    await again.greet(snapshot([message(2)]));
    const question = await again.take('sync');
    expect(question.since).toBe(0);
    again.say({ ...snapshot([message(1), message(2)]), ref: question.ref as number }, live(message(3)));
    await until(() => contents(client).length === 3);
    expect(contents(client)).toEqual(['m1', 'm2', 'm3']);
    expect(told).toEqual(['m1', 'm3']);
  });
});

describe('membership', () => {
  const use = useScriptedServer();
  const left = { left_at: '2026-01-02T00:00:00.000Z', is_active: false };
  const added = { type: 'member_changed', chat_id: 7, rev: 5, member: member(me, { rev: 5 }), by: other } as const;

  it('asks again when it was added between the question and its refusal', async () => {
    const { client, peer } = await use.online();
    const { state } = client.chat(7);
    const { ref } = await peer.take('sync');
    const text = 'You are not a member of this chat.';
    const refusal = { type: 'error', code: 'NOT_A_MEMBER', message: text, error: text, retryable: false } as const;
    peer.say(added, { ...refusal, ref: ref as number });
    const again = await peer.take('sync');
    peer.say({ ...snapshot([message(1)], { rev: 5 }), ref: again.ref as number });
    await until(() => state.get().is_member);
    // A stranger's chat is asked for once.
    client.chat(9);
    peer.say({ ...refusal, ref: (await peer.take('sync')).ref as number });
    await sleep(400);
    expect(peer.received.filter(({ type }) => type === 'sync')).toHaveLength(3);
  });

  it('takes an older word of its departure for old when it was added again', async () => {
    const { client, peer } = await use.online();
    const { state } = client.chat(7);
    const { ref } = await peer.take('sync');
    const farewell = changes(0, 3, { members: [member(me, { rev: 3, ...left })] });
    peer.say(added, { ...farewell, ref: ref as number });
    const again = await peer.take('sync');
    peer.say({ ...snapshot([message(1)], { rev: 5 }), ref: again.ref as number });
    await until(() => state.get().is_member);
  });
});

describe('catch-up', () => {
  const use = useScriptedServer();

  it('says its heads, follows pages, and tells of every message once', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    const told: string[] = [];
    client.on('message_created', (event) => told.push(event.message.content));
    peer.say(live(message(2)));
    await until(() => told.length === 1);
    peer.cut();
    const again = await use.server.next();
    const hello = await again.greet(
      changes(3, 4, { messages: [message(3)], more: true }),
      changes(4, 6, { messages: [message(4), message(5)] }),
    );
    expect(hello).toMatchObject({ v: 1, token: 'token', epoch: 'e1', heads: { 7: 3 } });
    await until(() => client.status.get() === 'online');
    again.say(live(message(5)), live(message(6)));
    await until(() => told.length === 5);
    expect(told).toEqual(['m2', 'm3', 'm4', 'm5', 'm6']);
    expect(contents(client)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
  });

  it('goes on from the page it had when it is cut in the middle', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    peer.cut();
    const second = await use.server.next();
    await second.take('hello');
    second.welcome();
    second.say(changes(2, 3, { messages: [message(2)], more: true }));
    await until(() => contents(client).length === 2);
    expect(client.status.get()).toBe('connecting');
    second.cut();
    const third = await use.server.next();
    const hello = await third.greet(changes(3, 4, { messages: [message(3)] }));
    expect(hello.heads).toEqual({ 7: 3 });
    await until(() => contents(client).length === 3);
  });

  it('drops a chat that I was removed from, live and while away', async () => {
    const { client, peer } = await use.online([snapshot([message(1)]), snapshot([], { id: 8 })]);
    const removed: number[] = [];
    client.on('chat_removed', (event) => removed.push(event.chat.id));
    const left = { left_at: '2026-01-02T00:00:00.000Z', is_active: false };
    peer.say({ type: 'member_changed', chat_id: 7, rev: 3, member: member(me, { rev: 3, ...left }), by: other });
    await until(() => removed.length === 1);
    expect(client.chat(7).state.get()).toMatchObject({ is_member: false, members: [] });
    peer.cut();
    const again = await use.server.next();
    const hello = await again.greet(changes(1, 2, { chat_id: 8, members: [member(me, { rev: 2, ...left })] }));
    // The first is asked for by its handle, as somebody holds that; the second is known.
    expect(hello.heads).toEqual({ 8: 1 });
    await until(() => removed.length === 2);
    expect(client.chats.get()).toEqual([]);
  });

  it('forgets everything when the epoch has changed, but not what waits to be sent', async () => {
    const { client, peer } = await use.online([snapshot([message(1), message(2)])]);
    client.chat(7).send('mine');
    await peer.take('send');
    peer.cut();
    const again = await use.server.next();
    await again.take('hello');
    again.welcome({ epoch: 'e2' });
    again.say({ type: 'reset', chat_id: null, reason: 'epoch_changed' });
    again.say(snapshot([message(1, { content: 'old' })]), { type: 'ready' });
    expect((await again.take('send')).content).toBe('mine');
    expect(contents(client)).toEqual(['old', 'mine']);
  });

  it('takes a row that is newer and ignores one that is older, by id', async () => {
    const { client, peer } = await use.online([snapshot([message(1), message(2)])]);
    const edited: Message = message(1, { rev: 4, content: 'edited', is_edited: true });
    const question = changes(3, 4, { messages: [edited, message(2, { rev: 1, content: 'stale' })] });
    peer.say(question);
    await until(() => contents(client)[0] === 'edited');
    expect(contents(client)).toEqual(['edited', 'm2']);
  });

  it('sends more heads than fit one frame in several', async () => {
    const many = Array.from({ length: 1_005 }, (_, i) => snapshot([], { id: i + 1 }));
    const { client, peer } = await use.online(many);
    expect(client.chats.get()).toHaveLength(1_005);
    peer.cut();
    const again = await use.server.next();
    const hello = await again.take('hello');
    expect(Object.keys(hello.heads ?? {})).toHaveLength(1_000);
    expect(hello.more_heads).toBe(true);
    const rest = await again.take('heads');
    expect(Object.keys(rest.heads)).toHaveLength(5);
    expect(rest.more).toBeUndefined();
  });

  it('notes where the chats stand that a new client is not sent, so that it is not flooded later', async () => {
    const page = Array.from({ length: 30 }, (_, i) => snapshot([], { id: i + 1 }));
    const { client, peer } = await use.online(page);
    const rpc = await peer.take('rpc');
    expect(rpc.method).toBe('sync.heads');
    const chats = [
      { chat_id: 99, rev: 5, is_member: true, is_hidden: false },
      { chat_id: 98, rev: 5, is_member: false, is_hidden: false },
    ];
    peer.say({ type: 'ok', ref: rpc.ref as number, result: { epoch: 'e1', chats } });
    expect(client.chats.hasMore.get()).toBe(true);
    await sleep(20);
    peer.cut();
    const again = await use.server.next();
    const hello = await again.greet(changes(5, 6, { chat_id: 99, messages: [message(5, { chat_id: 99, rev: 6 })] }));
    expect(hello.heads).toMatchObject({ 99: 5 });
    expect(hello.heads).not.toHaveProperty('98');
    // News of a chat that is not here: now it is worth loading.
    const { since, chat_id, ref } = await again.take('sync');
    expect([chat_id, since]).toEqual([99, 0]);
    const news = snapshot([message(5, { chat_id: 99, rev: 6 })], { id: 99, rev: 6 });
    again.say({ ...news, ref: ref as number });
    await until(() => contents(client, 99).length === 1);
    expect(client.chats.get()[0]?.id).toBe(99);
  });

  it('loads more of the list of chats and opens one of them', async () => {
    const page = Array.from({ length: 30 }, (_, i) =>
      snapshot([message(1, { chat_id: i + 1, sent_at: `2026-02-01T00:00:${10 + i}.000Z` })], { id: i + 1 }),
    );
    const { client, peer } = await use.online(page);
    peer.say({ type: 'ok', ref: (await peer.take('rpc')).ref, result: { epoch: 'e1', chats: [] } });
    const loading = client.chats.loadMore(2);
    const rpc = await peer.take('rpc');
    expect(rpc).toMatchObject({ method: 'chats.list', params: { limit: 2, after_chat_id: 1 } });
    const last_message = message(9, { chat_id: 50 });
    peer.say({
      type: 'ok',
      ref: rpc.ref,
      result: [chat({ id: 50, rev: 12, last_seq: 9, last_message, unread_count: 4 })],
    });
    await loading;
    expect(client.chats.hasMore.get()).toBe(false);
    expect(client.chats.get()).toHaveLength(31);
    const handle = client.chats.get().at(-1);
    expect(handle?.state.get()).toMatchObject({ id: 50, unread_count: 4, last_message });
    const older = handle?.messages.loadOlder();
    const question = await peer.take('sync');
    expect(question).toMatchObject({ chat_id: 50, since: 0 });
    const rows = [message(8, { chat_id: 50 }), last_message];
    peer.say({ ...snapshot(rows, { id: 50, rev: 12 }), ref: question.ref as number });
    await older;
    expect(contents(client, 50)).toEqual(['m8', 'm9']);
  });
});
