import { expect, test } from 'vitest';
import { createWorld } from './harness.js';

async function world() {
  const created = await createWorld();
  const { messenger, person } = created;
  const [ann, ben] = [await person('ann'), await person('ben')];
  const group = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [ben.user_id] });
  const epoch = (await messenger.sync.heads(ann)).epoch;
  return { ...created, ann, ben, group, epoch };
}

test('a client that says its heads gets exactly what differs, in pages that follow one another', async () => {
  const { messenger, native, ann, ben, group, epoch } = await world();
  const quiet = await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  for (let n = 1; n <= 250; n++) await messenger.messages.send(ann, { chat_id: group.id, content: `${n}` });
  const peer = await native('ben', { epoch, heads: { [group.id]: 51, [quiet.id]: quiet.rev } });
  const pages = peer.all('changes');
  expect(pages.map(({ from, to, more }) => ({ from, to, more }))).toEqual([
    { from: 51, to: 151, more: true },
    { from: 151, to: 251, more: false },
  ]);
  const rows = pages.flatMap((page) => page.messages as { rev: number }[]);
  expect(rows.map((row) => row.rev)).toEqual(Array.from({ length: 200 }, (_, index) => index + 52));
  expect(pages.every((page) => page.chat === undefined)).toBe(true);
});

test('chats that are new, left, or unknown to the server', async () => {
  const { messenger, native, ann, ben, group, epoch } = await world();
  const head = (await messenger.sync.heads(ben)).chats[0]?.rev;
  const fresh = await messenger.chats.createPrivate(ann, { target_user_id: ben.user_id });
  await messenger.messages.send(ann, { chat_id: group.id, content: 'before the removal' });
  await messenger.chats.removeMember(ann, { chat_id: group.id, user_id: ben.user_id });
  await messenger.messages.send(ann, { chat_id: group.id, content: 'secret' });
  const peer = await native('ben', { epoch, heads: { [group.id]: head, 999: 5 } });
  const [gone, snapshot] = peer.all('changes');
  expect(gone).toMatchObject({ chat_id: group.id, messages: [], members: [{ id: ben.user_id, is_active: false }] });
  expect(snapshot).toMatchObject({ chat_id: fresh.id, snapshot: true, from: 0 });
  expect(peer.all('reset')).toEqual([{ type: 'reset', chat_id: 999, reason: 'unknown_chat' }]);
  expect(JSON.stringify(peer.frames)).not.toContain('secret');
});

test('another history of the database voids what the client knows', async () => {
  const { native, group } = await world();
  const peer = await native('ben', { epoch: 'another', heads: { [group.id]: 1_000 } });
  expect(peer.frames.map((frame) => frame.type)).toEqual(['welcome', 'reset', 'changes', 'ready']);
  expect(peer.frames[1]).toMatchObject({ chat_id: null, reason: 'epoch_changed' });
});

test('heads may come in several frames', async () => {
  const { native, messenger, ann, group, epoch } = await world();
  await messenger.messages.send(ann, { chat_id: group.id, content: 'missed' });
  const peer = await native(null);
  peer.send({ type: 'hello', v: 1, token: 'ben', epoch, heads: { 998: 1 }, more_heads: true });
  peer.send({ type: 'heads', heads: { [group.id]: 1 } });
  await peer.next('ready');
  expect(peer.all('changes')).toMatchObject([{ chat_id: group.id, from: 1, to: 2 }]);
  expect(peer.all('reset')).toHaveLength(1);
});

test('events during the catch-up come after it, none missing and none twice', async () => {
  const { native, messenger, ann, group, epoch } = await world();
  let sending = true;
  const chatter = (async () => {
    while (sending) await messenger.messages.send(ann, { chat_id: group.id, content: 'chatter' });
  })();
  for (let round = 0; round < 20; round++) {
    const peer = await native('ben', { epoch, heads: { [group.id]: 1 } });
    await peer.settled();
    // The client's rule: rows of `changes`, then events that continue the head, gaps being an error here.
    let head = 1;
    const seen: number[] = [];
    for (const frame of peer.frames) {
      if (frame.type === 'changes') {
        expect(frame.from).toBe(head);
        seen.push(
          ...(frame.messages as { seq: number; rev: number }[]).filter((row) => row.rev > head).map((row) => row.seq),
        );
        head = Math.max(frame.to as number, ...(frame.messages as { rev: number }[]).map((row) => row.rev));
      } else if (frame.type === 'new_message' && (frame.rev as number) > head) {
        expect(frame.rev).toBe(head + 1);
        head = frame.rev as number;
        seen.push(frame.seq as number);
      }
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
    peer.ws.terminate();
  }
  sending = false;
  await chatter;
});

test('who joins hears from then on, who is removed hears the removal and nothing after it', async () => {
  const { native, messenger, ann, person, group } = await world();
  const eve = await person('eve');
  const peer = await native('eve');
  await messenger.messages.send(ann, { chat_id: group.id, content: 'not for eve' });
  await messenger.chats.addMember(ann, { chat_id: group.id, user_id: eve.user_id });
  await messenger.messages.send(ann, { chat_id: group.id, content: 'welcome' });
  await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => messenger.messages.send(ann, { chat_id: group.id, content: `${n}` })),
    messenger.chats.removeMember(ann, { chat_id: group.id, user_id: eve.user_id }),
    ...Array.from({ length: 20 }, (_, n) => messenger.messages.send(ann, { chat_id: group.id, content: `${n}` })),
  ]);
  await messenger.messages.send(ann, { chat_id: group.id, content: 'not for eve' });
  await peer.settled();
  const heard = peer.frames.filter((frame) => 'rev' in frame);
  expect(heard[0]).toMatchObject({ type: 'member_changed', member: { is_active: true } });
  expect(heard[1]).toMatchObject({ message_type: 'system' });
  expect(heard[2]).toMatchObject({ content: 'welcome' });
  expect(heard.at(-1)).toMatchObject({ type: 'member_changed', member: { is_active: false } });
  // Without a hole up to the removal.
  const first = heard[0]?.rev as number;
  expect(heard.map((frame) => frame.rev)).toEqual(heard.map((_, index) => first + index));
});
