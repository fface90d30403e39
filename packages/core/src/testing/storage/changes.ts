import { expect } from 'vitest';
import type { Storage } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import { createRandom, type Random } from '../random.js';
import { emptyReplica, happening, known, pull, pullAll, truth } from './replica.js';
import type { Bed } from './test-database.js';
import { add, decide, group, lookWhile, mustWrite, people, post, remove, upTo } from './world.js';

/** What changed since a revision: state, and not a log. */
export const changeCases: Cases<Bed> = {
  async 'answers with the rows above a revision, in order'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const messages = await post(storage, chat_id, ann, 4);
    const changes = (since: number, limit = 100) => storage.chats.changes({ chat_id, since, floor_seq: 0, limit });
    expect(await changes(3)).toMatchObject({
      members: [],
      messages: messages.slice(2),
      to: 5,
      more: false,
      chat: { rev: 5 },
    });
    expect(await changes(1, 2)).toMatchObject({ messages: messages.slice(0, 2), to: 3, more: true });
    expect(await changes(5)).toMatchObject({ members: [], messages: [], to: 5, more: false });
    expect((await changes(0))?.members.map((member) => member.user_id).sort((a, b) => a - b)).toEqual([ann, bob]);
    expect(await storage.chats.changes({ chat_id: 999_999, since: 0, floor_seq: 0, limit: 9 })).toBeNull();
  },

  async 'tells of departed members as tombstones'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await mustWrite(storage, remove(chat_id, bob, bob));
    const changes = await storage.chats.changes({ chat_id, since: 1, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({
      members: [{ user_id: bob, left_at: expect.any(Number), rev: 2 }],
      messages: [{ message_type: 'system', rev: 3 }],
      to: 3,
    });
  },

  async 'tells of deleted messages as tombstones'({ storage, probe }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    await post(storage, chat_id, ann, 2);
    await probe.deleteMessage(chat_id, 1);
    const changes = await storage.chats.changes({ chat_id, since: 3, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({ messages: [{ seq: 1, rev: 4, deleted_at: 1 }], to: 4, more: false });
  },

  async 'leaves out what is below the floor, and still arrives'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await post(storage, chat_id, ann, 9);
    await mustWrite(storage, remove(chat_id, ann, bob));
    const replica = emptyReplica(chat_id);
    await pullAll(storage, replica, () => 2, 6);
    expect([...replica.messages.keys()]).toEqual([7, 8, 9, 10]);
    expect([replica.head, replica.members.size]).toEqual([12, 2]);
  },

  async 'never splits a revision, though the first one holds all members'({ storage }) {
    const ids = await people(storage, 12);
    const chat_id = await group(storage, ids);
    await post(storage, chat_id, ids[0] as number, 3);
    for (const limit of upTo(13)) {
      const replica = emptyReplica(chat_id);
      await pullAll(storage, replica, () => limit);
      expect([limit, replica.members.size, replica.messages.size]).toEqual([limit, 12, 3]);
    }
  },

  async 'gives the state of the tables from any revision by pages of any size'({ storage }) {
    await checkChangesFromAnyRev(storage, createRandom(11), 60);
  },

  async 'loses and doubles nothing while people write, come and go'({ storage }) {
    for (const seed of upTo(4)) await checkChangesWhileWriting(storage, createRandom(seed), 40);
  },

  async 'shows somebody who came back as a member again'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    await mustWrite(storage, remove(chat_id, ann, bob), add(chat_id, ann, bob));
    const changes = await storage.chats.changes({ chat_id, since: 2, floor_seq: 0, limit: 9 });
    expect(changes).toMatchObject({ members: [{ user_id: bob, left_at: null, rev: 4 }], to: 5 });
  },
};

/** Lets so many things happen in a group, and compares what pages of any size tell from every revision with the tables. */
export async function checkChangesFromAnyRev(storage: Storage, random: Random, steps: number): Promise<void> {
  const ids = await people(storage, 6);
  const chat_id = await group(storage, ids.slice(0, 1 + random.int(6)));
  for (let step = 0; step < steps; step++) await storage.chats.write([happening(chat_id, ids, random)], decide);
  const state = await truth(storage, chat_id, ids);
  const whole = emptyReplica(chat_id);
  await pullAll(storage, whole, () => 100);
  expect(known(whole, ids)).toEqual(state);
  const { head } = whole;
  for (let since = 0; since <= head; since++) {
    const replica = { ...emptyReplica(chat_id), head: since };
    await pullAll(storage, replica, () => 1 + random.int(7));
    const above = <Row extends { rev: number }>(rows: Row[]) => rows.filter((row) => row.rev > since);
    expect([since, replica.head]).toEqual([since, head]);
    expect(known(replica, ids)).toEqual({ messages: above(state.messages), members: above(state.members) });
  }
}

/** The same while batches are written and three readers keep up with them, page by page. */
export async function checkChangesWhileWriting(storage: Storage, random: Random, batches: number): Promise<void> {
  const ids = await people(storage, 6);
  const chat_id = await group(storage, ids.slice(0, 4));
  const writing = (async () => {
    for (let batch = 0; batch < batches; batch++) {
      const operations = upTo(1 + random.int(4)).map(() => happening(chat_id, ids, random));
      await storage.chats.write(operations, decide);
    }
  })();
  const replicas = upTo(3).map(() => emptyReplica(chat_id));
  await lookWhile(writing, () => Promise.all(replicas.map((replica) => pull(storage, replica, 1 + random.int(5)))));
  const state = await truth(storage, chat_id, ids);
  for (const replica of replicas) {
    await pullAll(storage, replica, () => 3);
    expect(known(replica, ids)).toEqual(state);
  }
}
