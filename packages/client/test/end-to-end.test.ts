import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../src/index.js';
import { realServer, shown, stored } from './real-server.js';
import { until } from './scripted-peer.js';

describe('against the real server', () => {
  it('lets two people talk, with receipts, typing and unread counts', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    await Promise.all([ann.connect(), bob.connect()]);
    expect(ann.me.get()).toMatchObject({ username: 'ann' });

    const chat = await ann.chats.open({ with: '@Bob' });
    const sent = chat.send('Hello');
    expect(await sent).toMatchObject({ seq: 1, content: 'Hello', sender_id: ann.me.get()?.id });
    await until(() => bob.chats.get().length === 1);
    const its = bob.chats.get()[0]!;
    await until(() => its.messages.get().length === 1);
    expect(its.state.get()).toMatchObject({ chat_type: 'private', chat_name: 'ann', unread_count: 1 });
    await until(() => sent.view.get().delivery === 'delivered');
    its.markRead();
    expect(its.state.get().unread_count).toBe(0);
    await until(() => sent.view.get().delivery === 'read');

    its.typing.start();
    await until(() => chat.typing.users.get().length === 1);
    await its.send('Hi');
    await until(() => chat.messages.get().length === 2);
    expect(chat.typing.users.get()).toEqual([]);
    expect(chat.state.get()).toMatchObject({ unread_count: 1, last_seq: 2 });
    expect(shown(chat)).toEqual(['Hello', 'Hi']);
    expect(shown(its)).toEqual(['Hello', 'Hi']);
  });

  it('loses and doubles nothing while both connections are cut again and again', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    await Promise.all([ann.connect(), bob.connect()]);
    const chat = await ann.chats.open({ with: 'bob' });
    const its = bob.chat(chat.id);
    const told: string[] = [];
    bob.on('message_created', ({ message }) => told.push(message.content));

    const sends = [];
    for (let i = 0; i < 120; i++) {
      sends.push(chat.send(`a${i}`));
      if (i % 3 === 0) sends.push(its.send(`b${i}`));
      if (i % 10 === 5) server.road.cut();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(sends);
    await until(() => its.messages.get().length === 160 && chat.messages.get().length === 160, 10_000);
    const all = await stored(ann, chat.id);
    expect(all).toHaveLength(160);
    expect(all.filter((text) => text.startsWith('a'))).toEqual(Array.from({ length: 120 }, (_, i) => `a${i}`));
    expect(shown(chat)).toEqual(all);
    expect(shown(its)).toEqual(all);
    expect(told).toEqual(all);
    expect(chat.messages.get().map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
  });

  it('stores once what was acknowledged into a dead connection', async () => {
    const server = await realServer();
    const [ann] = [await server.person('ann'), await server.person('bob')];
    await ann.connect();
    const chat = await ann.chats.open({ with: 'bob' });
    server.road.swallow = 'to_client';
    const sent = chat.send('once');
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.road.cut();
    server.road.swallow = 'nothing';
    expect((await sent).seq).toBe(1);
    expect(await stored(ann, chat.id)).toEqual(['once']);
    expect(shown(chat)).toEqual(['once']);
  });

  it('survives a restart of the server', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    await Promise.all([ann.connect(), bob.connect()]);
    const chat = await ann.chats.open({ with: 'bob' });
    await chat.send('before');
    await server.restart();
    expect(ann.status.get()).not.toBe('online');
    await chat.send('after');
    await until(() => shown(bob.chat(chat.id)).length === 2);
    expect(shown(bob.chat(chat.id))).toEqual(['before', 'after']);
  });

  it('keeps two devices of one person the same', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    const phone = await server.device('ann');
    await Promise.all([ann.connect(), bob.connect(), phone.connect()]);
    const chat = await ann.chats.open({ with: 'bob' });
    await until(() => phone.chat(chat.id).state.get().is_member);
    await Promise.all([...'123'].flatMap((n) => [ann.chat(chat.id).send(`a${n}`), phone.chat(chat.id).send(`p${n}`)]));
    await until(() => shown(chat).length === 6 && shown(phone.chat(chat.id)).length === 6);
    expect(shown(chat)).toEqual(shown(phone.chat(chat.id)));
    await bob.chat(chat.id).send('read me');
    await until(() => chat.state.get().unread_count === 1 && phone.chat(chat.id).state.get().unread_count === 1);
    chat.markRead();
    await until(() => phone.chat(chat.id).state.get().unread_count === 0);
    // One device reads while the other is away: marks have no revision, and still arrive.
    await bob.chat(chat.id).send('and me');
    await until(() => phone.chat(chat.id).state.get().unread_count === 1);
    await phone.close();
    chat.markRead();
    await until(() => bob.chat(chat.id).messages.get().at(-1)?.delivery === 'read');
    await phone.connect();
    await until(() => phone.chat(chat.id).state.get().unread_count === 0);
  });

  it('follows a group: added, removed while away, added again', async () => {
    const server = await realServer();
    const [ann, bob, eve] = [await server.person('ann'), await server.person('bob'), await server.person('eve')];
    await Promise.all([ann.connect(), bob.connect(), eve.connect()]);
    const ids = [bob, eve].map((client) => client.me.get()?.id as number);
    const group = await ann.chats.createGroup({ chat_name: 'Trip', participant_ids: [ids[0] as number] });
    await group.send('one');
    const its = eve.chat(group.id);
    await group.addMember(ids[1] as number);
    await until(() => its.state.get().is_member);
    // And what the chat tells of their coming.
    await until(() => shown(its).length === 2);
    expect(group.state.get().members).toHaveLength(3);
    const removed: number[] = [];
    eve.on('chat_removed', ({ chat }) => removed.push(chat.id));
    await eve.close();
    await group.removeMember(ids[1] as number);
    await group.send('two');
    await eve.connect();
    await until(() => removed.length === 1);
    expect(its.state.get().is_member).toBe(false);
    await expect(its.send('let me in')).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
    await group.addMember(ids[1] as number);
    await until(() => its.state.get().is_member);
    await group.send('three');
    await until(() => shown(its).includes('three'));
    await bob.chat(group.id).leave();
    await until(() => group.state.get().members.length === 2);
    expect(bob.chats.get()).toEqual([]);
  });

  it('catches up on more than a page, and loads older pages to the beginning', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    await Promise.all([ann.connect(), bob.connect()]);
    const chat = await ann.chats.open({ with: 'bob' });
    const caller = { kind: 'user', user_id: ann.me.get()?.id } as never;
    const write = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, i) =>
          server.messenger.messages.send(caller, { chat_id: chat.id, content: `m${from + i}` }),
        ),
      );
    await write(0, 30);
    const its = bob.chat(chat.id);
    await until(() => shown(its).length === 30);
    await bob.close();
    await write(30, 350);
    await bob.connect();
    expect(shown(its)).toEqual(Array.from({ length: 380 }, (_, i) => `m${i}`));
    expect(its.state.get().unread_count).toBe(380);

    const fresh = await server.device('bob');
    await fresh.connect();
    const list = fresh.chats.get()[0]!;
    expect(shown(list)).toEqual(['m379']);
    expect(list.state.get()).toMatchObject({ unread_count: 380 });
    while (list.messages.hasOlder.get()) await list.messages.loadOlder(100);
    expect(shown(list)).toEqual(shown(its));
    list.markRead(list.messages.get()[99]!.id as number);
    expect(list.state.get().unread_count).toBe(280);
    await until(() => its.state.get().unread_count === 280);
  });

  it('asks for the exact count when it read past what is loaded', async () => {
    const server = await realServer();
    const [ann, bob] = [await server.person('ann'), await server.person('bob')];
    await Promise.all([ann.connect(), bob.connect()]);
    const chat = await ann.chats.open({ with: 'bob' });
    const ids: number[] = [];
    for (let i = 0; i < 20; i++) ids.push((await chat.send(`m${i}`)).id);
    await bob.close();
    const fresh = await server.device('bob');
    await fresh.connect();
    const its = fresh.chats.get()[0]!;
    expect(its.state.get().unread_count).toBe(20);
    its.markRead(ids[11]);
    await until(() => its.state.get().unread_count === 8);
  });

  it('is slowed down by the rate limit, and keeps the order', async () => {
    const server = await realServer({ limits: { messages_per_second: 20 } });
    const [ann] = [await server.person('ann'), await server.person('bob')];
    await ann.connect();
    const chat = await ann.chats.open({ with: 'bob' });
    const texts = Array.from({ length: 60 }, (_, i) => `m${i}`);
    await Promise.all(texts.map((text) => chat.send(text)));
    expect(await stored(ann, chat.id)).toEqual(texts);
  });

  it('tells what is wrong with a message, and goes on with the next', async () => {
    const server = await realServer();
    const [ann] = [await server.person('ann'), await server.person('bob')];
    await ann.connect();
    const chat = await ann.chats.open({ with: 'bob' });
    const empty = chat.send('');
    const long = chat.send('ж'.repeat(30_001));
    const fine = chat.send('fine');
    await expect(empty).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'content' });
    await expect(long).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'content' });
    expect((await fine).seq).toBe(1);
    await expect(ann.chats.open({ with: 'nobody' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    const stranger = ann.chat(987_654);
    await expect(stranger.send('hello?')).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
    expect(stranger.state.get().is_member).toBe(false);
  });

  it('is signed out by a wrong token', async () => {
    const server = await realServer();
    const client = createClient({ url: server.url, token: 'forged', WebSocket });
    await expect(client.connect()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(client.status.get()).toBe('signed_out');
    await expect(client.users.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('lives longer than its token without a gap', async () => {
    const server = await realServer({ accounts: { secret: 'x'.repeat(32), token_minutes: 62 / 60 } });
    const ann = await server.person('ann');
    await server.person('bob');
    const ended: number[] = [];
    ann.on('disconnected', ({ code }) => ended.push(code));
    await ann.connect();
    const chat = await ann.chats.open({ with: 'bob' });
    // The warning comes a minute before the end: about two seconds after the sign-in.
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    await chat.send('still here');
    expect(ended).toEqual([]);
  });
});
