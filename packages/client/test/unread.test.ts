import { describe, expect, it } from 'vitest';
import type { MarkEvent } from '../src/index.js';
import { deliveries, useScriptedServer } from './fixture.js';
import { chat, echo, live, me, member, message, ok, other, sleep, snapshot, until } from './scripted-peer.js';

const mark = (type: MarkEvent['type'], user_id: number, seq: number): MarkEvent => {
  const message_id = 1_000 + seq;
  return { type, chat_id: 7, user_id, seq, message_id, last_read_id: message_id, is_implied: false };
};

describe('unread', () => {
  const use = useScriptedServer();
  const light = () => snapshot([message(10)], { unread_count: 6, read_seq: 3, last_seq: 10 });

  it('starts from the server and counts the others’ messages, each once', async () => {
    const { client, peer } = await use.online([light()]);
    const { state } = client.chat(7);
    expect(state.get().unread_count).toBe(6);
    peer.say(live(message(11)), live(message(11)), live(message(12)));
    await until(() => state.get().last_seq === 12);
    expect(state.get().unread_count).toBe(8);
  });

  it('is zero after I wrote or read, here or on another device', async () => {
    const { client, peer } = await use.online([light()]);
    const { state } = client.chat(7);
    client.chat(7).markRead();
    expect(state.get().unread_count).toBe(0);
    expect(await peer.take('read')).toMatchObject({ chat_id: 7, seq: 10 });
    peer.say(live(message(11)));
    await until(() => state.get().unread_count === 1);
    peer.say(mark('message_read', me, 11));
    await until(() => state.get().unread_count === 0);
    peer.say(live(message(12)));
    await until(() => state.get().unread_count === 1);
    peer.say(live(message(13, { sender_id: me })));
    await until(() => state.get().unread_count === 0);
  });

  it('counts from the window when that reaches down to the mark', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => message(i + 1));
    const { client, peer } = await use.online([snapshot(rows, { unread_count: 7, read_seq: 3 })]);
    client.chat(7).markRead(1_005);
    expect(client.chat(7).state.get().unread_count).toBe(5);
    expect(await peer.take('read')).toMatchObject({ seq: 5 });
    // Back does not go.
    client.chat(7).markRead(1_002);
    expect(client.chat(7).state.get().unread_count).toBe(5);
  });

  it('asks the server when it cannot know, and does not count twice what comes meanwhile', async () => {
    const { client, peer } = await use.online([light()]);
    const { state } = client.chat(7);
    peer.say(mark('message_read', me, 6));
    const rpc = await peer.take('rpc');
    expect(rpc).toMatchObject({ method: 'chats.get', params: { chat_id: 7 } });
    peer.say(live(message(11)));
    const counted = chat({ rev: 12, last_seq: 11, unread_count: 4, read_seq: 6, last_message: message(11) });
    peer.say({ type: 'ok', ref: rpc.ref, result: counted });
    await until(() => state.get().unread_count === 4);
    peer.say(live(message(12)));
    await until(() => state.get().unread_count === 5);
  });

  it('asks once for marks after a reconnect, as those have no revision', async () => {
    const { client, peer } = await use.online([light()]);
    peer.cut();
    const again = await use.server.next();
    await again.greet();
    const rpc = await again.take('rpc');
    expect(rpc.method).toBe('chats.list');
    const read = chat({ rev: 11, last_seq: 10, unread_count: 0, read_seq: 10, last_message: message(10) });
    again.say({ type: 'ok', ref: rpc.ref, result: [read] });
    await until(() => client.chat(7).state.get().unread_count === 0);
  });
});

describe('marks', () => {
  const use = useScriptedServer();

  it('derives how far my messages have come from the others’ marks', async () => {
    const group = {
      chat_type: 'group',
      participants: [member(me), member(other), member(3, { joined_seq: 1 })],
    } as const;
    const { client, peer } = await use.online([snapshot([], { ...group, participants: [...group.participants] })]);
    client.chat(7).send('a');
    const first = await peer.take('send');
    peer.say(ok(first, 1), echo(first, 1));
    client.chat(7).send('b');
    const second = await peer.take('send');
    peer.say(ok(second, 2), echo(second, 2));
    peer.say(mark('message_delivered', 3, 2));
    await until(() => deliveries(client)[1] === 'b:delivered');
    // The third joined after the first message: their marks say nothing about it.
    expect(deliveries(client)).toEqual(['a:sent', 'b:delivered']);
    peer.say(mark('message_read', other, 1));
    await until(() => deliveries(client)[0] === 'a:read');
    expect(deliveries(client)).toEqual(['a:read', 'b:delivered']);
    // Who writes has read what is above, without a receipt.
    peer.say(live(message(3, { sender_id: other, rev: 4 })));
    await until(() => deliveries(client)[1] === 'b:read');
  });

  it('acknowledges what arrived, several chats at once and at most once a second', async () => {
    const { client, peer } = await use.online([
      snapshot([message(3)]),
      snapshot([message(2, { chat_id: 8, rev: 3 })], { id: 8, delivered_seq: 2 }),
    ]);
    expect((await peer.take('recv')).marks).toEqual([[7, 3]]);
    peer.say(live(message(4)), live(message(5)), live(message(3, { chat_id: 8, rev: 4 })));
    await until(() => client.chat(8).messages.get().length === 2);
    await sleep(300);
    expect(peer.received.filter(({ type }) => type === 'recv')).toHaveLength(1);
    expect((await peer.take('recv', 1_500)).marks).toEqual([
      [7, 5],
      [8, 3],
    ]);
  });

  it('says a read mark again when the connection broke before it was stored', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    client.chat(7).markRead();
    await peer.take('read');
    peer.cut();
    const again = await use.server.next();
    await again.greet();
    expect(await again.take('read', 2_000)).toMatchObject({ chat_id: 7, seq: 1 });
  });

  it('shows who is typing until they stop, write, or six seconds have passed', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const { typing } = client.chat(7);
    const seen: (readonly number[])[] = [];
    typing.users.subscribe((users) => seen.push(users));
    const say = (user_id: number, is_typing: boolean) => peer.say({ type: 'typing', chat_id: 7, user_id, is_typing });
    say(me, true);
    say(other, true);
    say(other, true);
    say(3, true);
    say(3, false);
    peer.say(live(message(1)));
    await until(() => seen.length === 5);
    expect(seen).toEqual([[], [other], [other, 3], [other], []]);
  });

  it('tells that I type at most once in three seconds, and that I stopped', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const { typing } = client.chat(7);
    typing.start();
    typing.start();
    typing.stop();
    typing.stop();
    typing.start();
    await sleep(30);
    const said = peer.received.filter(({ type }) => type === 'typing');
    expect(said).toEqual([true, false, true].map((is_typing) => ({ type: 'typing', chat_id: 7, is_typing })));
  });
});
