import { expect } from 'vitest';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { append, group, people, privateChat, start_at, upTo, verdict, write } from './world.js';

export const blockCases: Cases<Bed> = {
  async 'keeps the blocked one’s messages out of the private chat, and nobody else’s'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const both = await group(storage, [ann, bob]);
    await storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: start_at });
    const outcomes = await write(storage, append(chat_id, bob), append(chat_id, ann), append(both, bob));
    expect(outcomes.map(verdict)).toEqual(['BLOCKED', 'message', 'message']);
  },

  async 'holds for a chat that is opened after the block'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    await storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: start_at });
    const chat_id = await privateChat(storage, bob, ann);
    expect((await write(storage, append(chat_id, bob), append(chat_id, ann))).map(verdict)).toEqual([
      'BLOCKED',
      'message',
    ]);
  },

  async 'ends when it is taken back; repeats are fine'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const block = { blocker_id: ann, blocked_id: bob };
    await storage.blocks.remove(block);
    await Promise.all(upTo(5).map((at) => storage.blocks.add({ ...block, at })));
    await storage.blocks.add({ blocker_id: bob, blocked_id: ann, at: start_at });
    expect((await write(storage, append(chat_id, bob), append(chat_id, ann))).map(verdict)).toEqual([
      'BLOCKED',
      'BLOCKED',
    ]);
    await storage.blocks.remove(block);
    await storage.blocks.remove(block);
    expect((await write(storage, append(chat_id, bob), append(chat_id, ann))).map(verdict)).toEqual([
      'message',
      'BLOCKED',
    ]);
  },

  async 'answers the repeat of a message from before the block'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const message = append(chat_id, bob);
    await write(storage, message);
    await storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: start_at });
    expect((await write(storage, message, append(chat_id, bob))).map(verdict)).toEqual(['duplicate', 'BLOCKED']);
  },

  async 'lets no message in after its commit, however they race'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    let is_blocked = false;
    const sends = upTo(40).map(async (n) => {
      for (let turn = 0; turn < n; turn++) await new Promise((resolve) => setImmediate(resolve));
      const began_blocked = is_blocked;
      const [outcome] = await write(storage, append(chat_id, bob));
      return { began_blocked, verdict: verdict(outcome) };
    });
    const blocking = (async () => {
      for (let turn = 0; turn < 15; turn++) await new Promise((resolve) => setImmediate(resolve));
      await storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: start_at });
      is_blocked = true;
    })();
    const [results] = await Promise.all([Promise.all(sends), blocking]);
    expect(results.filter((result) => result.began_blocked && result.verdict !== 'BLOCKED')).toEqual([]);
    expect(new Set(results.map((result) => result.verdict))).toEqual(new Set(['message', 'BLOCKED']));
  },
};
