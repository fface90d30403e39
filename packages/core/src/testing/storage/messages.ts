import { expect } from 'vitest';
import type { MessagePage, Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { group, people, post, privateChat, upTo } from './world.js';

const seqs = async (storage: Storage, chat_id: number, page: Partial<MessagePage>): Promise<number[]> => {
  const rows = await storage.messages.page({ chat_id, floor_seq: 0, limit: 100, offset: 0, ...page });
  return rows.map((row) => row.seq);
};

export const messageCases: Cases<Bed> = {
  async 'pages newest first, older below a message and newer above one'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    await post(storage, chat_id, ann, 10);
    expect(await seqs(storage, chat_id, { limit: 3 })).toEqual([10, 9, 8]);
    expect(await seqs(storage, chat_id, { limit: 3, offset: 3 })).toEqual([7, 6, 5]);
    expect(await seqs(storage, chat_id, { limit: 3, before_seq: 5 })).toEqual([4, 3, 2]);
    expect(await seqs(storage, chat_id, { limit: 3, before_seq: 5, offset: 2 })).toEqual([2, 1]);
    expect(await seqs(storage, chat_id, { limit: 3, after_seq: 5 })).toEqual([6, 7, 8]);
    expect(await seqs(storage, chat_id, { after_seq: 10 })).toEqual([]);
    expect(await seqs(storage, chat_id, { before_seq: 1 })).toEqual([]);
    expect(await seqs(storage, chat_id, { after_seq: 0 })).toEqual(upTo(10));
    expect(await seqs(storage, 999_999, {})).toEqual([]);
  },

  async 'shows nothing at or below the floor'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    await post(storage, chat_id, ann, 6);
    expect(await seqs(storage, chat_id, { floor_seq: 4 })).toEqual([6, 5]);
    expect(await seqs(storage, chat_id, { floor_seq: 4, after_seq: 0 })).toEqual([5, 6]);
    expect(await seqs(storage, chat_id, { floor_seq: 4, before_seq: 5 })).toEqual([]);
  },

  async 'leaves deleted messages out'({ storage, probe }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    await post(storage, chat_id, ann, 3);
    await probe.deleteMessage(chat_id, 2);
    expect(await seqs(storage, chat_id, {})).toEqual([3, 1]);
    expect(await seqs(storage, chat_id, { after_seq: 0 })).toEqual([1, 3]);
  },

  async 'finds a message in its own chat only'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    const other = await group(storage, [ann]);
    const [message] = await post(storage, chat_id, ann);
    const id = message?.id as number;
    expect(await storage.messages.find(chat_id, id)).toEqual(message);
    expect(await storage.messages.find(other, id)).toBeNull();
    expect(await storage.messages.find(chat_id, id + 1)).toBeNull();
  },

  async 'never skips or repeats a message while people write'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await post(storage, chat_id, ann, 30);
    const writing = Promise.all(upTo(40).map(() => post(storage, chat_id, bob)));
    const read: number[] = [];
    for (let before_seq = 31; before_seq > 1; before_seq = read.at(-1) as number) {
      read.push(...(await seqs(storage, chat_id, { limit: 4, before_seq })));
    }
    expect(read).toEqual(upTo(30).reverse());
    await writing;
    expect(await seqs(storage, chat_id, { after_seq: 0 })).toEqual(upTo(70));
  },
};
