import { describe, expect, it } from 'vitest';
import { realServer, shown } from './real-server.js';
import { until } from './scripted-peer.js';

async function pair() {
  const server = await realServer();
  const [ann, bob] = [await server.person('ann'), await server.person('bob')];
  await Promise.all([ann.connect(), bob.connect()]);
  const chat = await ann.chats.open({ with: 'bob' });
  const its = await bob.chats.open({ with: 'ann' });
  return { server, ann, bob, chat, its };
}

describe('changes of messages', () => {
  it('show on every device, live, and tell of themselves', async () => {
    const { ann, bob, chat, its } = await pair();
    const told: string[] = [];
    for (const type of ['message_edited', 'message_pinned', 'message_reacted', 'message_deleted'] as const) {
      bob.on(type, ({ message }) => told.push(`${type}:${message.content}`));
    }
    const { id: message_id } = await chat.send('helo');
    await ann.messages.edit({ message_id, content: 'hello' });
    await bob.messages.pin({ message_id });
    await bob.messages.react({ message_id, emoji: '👍' });
    await until(() => (its.messages.get()[0]?.reactions?.length ?? 0) > 0);
    expect(its.messages.get()).toMatchObject([{ content: 'hello', is_edited: true, is_pinned: true }]);
    await ann.messages.delete({ message_id });
    await until(() => its.messages.get()[0]?.is_deleted === true);
    expect(chat.messages.get()).toEqual(chat.messages.get().map((row) => ({ ...row, content: '' })));
    expect(told).toEqual(['message_edited:hello', 'message_pinned:hello', 'message_reacted:hello', 'message_deleted:']);
  });

  it('that were missed are there after the next connection', async () => {
    const { server, ann, bob, chat, its } = await pair();
    const first = await chat.send('one');
    const second = await chat.send('two');
    await until(() => its.messages.get().length === 2);
    await bob.close();
    await ann.messages.edit({ message_id: first.id, content: 'ONE' });
    await ann.messages.delete({ message_id: second.id });
    server.road.cut();
    await bob.connect();
    expect(shown(its)).toEqual(['ONE', '']);
  });

  it('of a message that I have deleted for myself do not bring it back', async () => {
    const { ann, bob, chat, its } = await pair();
    const first = await chat.send('one');
    await chat.send('two');
    await until(() => its.messages.get().length === 2);
    await bob.messages.delete({ message_id: first.id, for_everyone: false });
    await until(() => its.messages.get().length === 1);
    await ann.messages.edit({ message_id: first.id, content: 'ONE' });
    await chat.send('three');
    await until(() => shown(its).includes('three'));
    expect(shown(its)).toEqual(['two', 'three']);
    expect(shown(chat)).toEqual(['ONE', 'two', 'three']);
  });
});

describe('a chat', () => {
  it('that is cleared is empty at once, for me or for everyone, and goes on', async () => {
    const { bob, ann, chat, its } = await pair();
    for (const content of ['one', 'two']) await chat.send(content);
    await until(() => its.messages.get().length === 2);
    await bob.chats.clear({ chat_id: chat.id });
    await until(() => its.messages.get().length === 0);
    expect(its.state.get()).toMatchObject({ unread_count: 0, last_message: null });
    expect(its.messages.hasOlder.get()).toBe(false);
    expect(shown(chat)).toEqual(['one', 'two']);
    await chat.send('three');
    await until(() => its.messages.get().length === 1);
    expect(its.state.get()).toMatchObject({ unread_count: 1, last_seq: 3 });
    await ann.chats.clear({ chat_id: chat.id, for_everyone: true });
    await until(() => its.messages.get().length === 0 && chat.messages.get().length === 0);
    expect(its.state.get().unread_count).toBe(0);
  });

  it('that I delete is out of my list until somebody writes', async () => {
    const { bob, chat, its } = await pair();
    await chat.send('one');
    await until(() => its.messages.get().length === 1);
    await bob.chats.delete({ chat_id: chat.id });
    await until(() => bob.chats.get().length === 0);
    await chat.send('two');
    await until(() => bob.chats.get().length === 1 && shown(its).length === 1);
    expect(shown(its)).toEqual(['two']);
  });

  it('has a name that changes for all, and is gone for all when its owner deletes it', async () => {
    const { ann, bob } = await pair();
    const group = await ann.chats.createGroup({ chat_name: 'One', participant_ids: [bob.me.get()!.id] });
    await until(() => bob.chats.get().length === 2);
    await ann.chats.rename({ chat_id: group.id, name: 'Two' });
    const its = bob.chat(group.id);
    await until(() => its.state.get().chat_name === 'Two');
    await ann.chats.mute({ chat_id: group.id, for_seconds: 60 });
    await until(() => group.state.get().muted_until !== null);
    const removed: number[] = [];
    bob.on('chat_removed', ({ chat }) => removed.push(chat.id));
    await ann.chats.delete({ chat_id: group.id, for_everyone: true });
    await until(() => removed.length === 1 && !group.state.get().is_member);
    expect(its.state.get().is_member).toBe(false);
  });

  it('does not count what it tells of itself as unread', async () => {
    const { server, ann, bob } = await pair();
    const cem = await server.person('cem');
    await cem.connect();
    const group = await ann.chats.createGroup({ chat_name: 'One', participant_ids: [bob.me.get()!.id] });
    await ann.chats.addMember({ chat_id: group.id, user_id: cem.me.get()!.id });
    const its = bob.chat(group.id);
    await until(() => its.messages.get().some(({ message_type }) => message_type === 'system'));
    expect(its.state.get()).toMatchObject({ unread_count: 0, last_message: null });
    await group.send('hello');
    await until(() => its.state.get().unread_count === 1);
  });
});

describe('presence', () => {
  it('is told, and shows in the members of the chats', async () => {
    const { server, ann, bob, chat } = await pair();
    const id = bob.me.get()!.id;
    const isOnline = () => chat.state.get().members.find(({ user_id }) => user_id === id)?.is_online;
    const told: boolean[] = [];
    ann.on('user_status', ({ user_id, is_online }) => user_id === id && told.push(is_online));
    await until(() => told.includes(true) && isOnline() === true);
    server.messenger.presence.disconnected(id);
    await until(() => isOnline() === false);
    expect(told.at(-1)).toBe(false);
  });
});
