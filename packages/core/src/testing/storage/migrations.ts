import { expect } from 'vitest';
import type { Cases } from '../cases.js';
import { checkAppendsUnderLoad, queueOver } from './load.js';
import type { Bed } from './test-database.js';
import { append, group, messagesOf, mustWrite, people, privateChat, start_at, upTo } from './world.js';

export const migrationCases: Cases<Bed> = {
  async 'migrates again without a trace'({ storage, probe }) {
    const epoch = await storage.epoch();
    const recorded = await probe.migrations();
    await Promise.all([storage.migrate(), storage.migrate()]);
    expect(await probe.migrations()).toEqual(recorded);
    expect(await storage.epoch()).toBe(epoch);
    expect(epoch).not.toBe('');
    await storage.ping();
  },

  async 'refuses a database that a newer version has migrated'({ storage, probe }) {
    const unknown = await probe.pretendNewer();
    await expect(storage.migrate()).rejects.toMatchObject({
      name: 'StorageError',
      message: expect.stringContaining(unknown),
    });
  },
};

/** For databases that more than one storage can have open, and that outlive them. */
export const sharedDatabaseCases: Cases<Bed> = {
  async 'migrates once when several storages start at once'({ another, probe }) {
    const storages = upTo(3).map(() => another({ prefix: 'fresh_' }));
    await Promise.all(storages.map((storage) => storage.migrate()));
    expect(new Set(await Promise.all(storages.map((storage) => storage.epoch()))).size).toBe(1);
    expect(await probe.migrations('fresh_')).toHaveLength((await probe.migrations()).length);
  },

  async 'keeps everything when it is opened again'({ storage, another }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    await mustWrite(storage, append(chat_id, ann, { content: 'kept' }));
    await storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: start_at });
    const before = [await storage.users.get([ann]), await messagesOf(storage, chat_id), await storage.epoch()];
    await storage.close();
    const reopened = another();
    await reopened.migrate();
    expect([await reopened.users.get([ann]), await messagesOf(reopened, chat_id), await reopened.epoch()]).toEqual(
      before,
    );
    const [fresh] = (await people(reopened, 1)) as [number];
    expect(fresh).toBeGreaterThan(bob);
  },

  async 'keeps the tables of another prefix apart'({ storage, another }) {
    const other = another({ prefix: 'other_' });
    await other.migrate();
    expect(await other.epoch()).not.toBe(await storage.epoch());
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    await mustWrite(storage, append(chat_id, ann));
    expect(await other.users.get([ann])).toEqual([]);
    expect(await messagesOf(other, chat_id)).toEqual([]);
    const [own] = (await people(other, 1)) as [number];
    expect(await other.chats.heads(own)).toEqual([]);
    await group(other, [own]);
    expect(await storage.chats.heads(ann)).toEqual([{ chat_id, rev: 2, is_member: true, is_hidden: false }]);
  },

  async 'shows every storage what another one has acknowledged'({ storage, another }) {
    const other = another();
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await privateChat(storage, ann, bob);
    for (const n of upTo(20)) {
      await mustWrite(n % 2 ? storage : other, append(chat_id, ann));
      expect((await messagesOf(n % 2 ? other : storage, chat_id)).length).toBe(n);
    }
    await storage.members.advance([{ kind: 'read', chat_id, user_id: bob, seq: 20, at: start_at }]);
    expect((await other.members.get(chat_id, bob))?.read_seq).toBe(20);
  },

  async 'numbers without holes when several storages write to the same chats'({ storage, another }) {
    const queues = [storage, another(), another()].map((one) => queueOver(one));
    await checkAppendsUnderLoad(queues, storage, { chats: 2, senders: 4, messages: 6_000 });
  },

  async 'opens one private chat, one account and one host’s user for those who race through several storages'({
    storage,
    another,
  }) {
    const storages = [storage, another(), another()];
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const opened = await Promise.all(
      storages.map((one) => one.chats.openPrivate({ user_ids: [ann, bob], at: start_at })),
    );
    expect(new Set(opened.map(({ chat }) => chat.id)).size).toBe(1);
    expect(opened.filter(({ created }) => created)).toHaveLength(1);
    const account = { first_name: 'Cem', username: 'cem', username_key: 'cem', created_at: start_at };
    const created = await Promise.all(
      storages.map((one, n) => one.users.create(account, { kind: 'phone', lookup: `+49${n}`, secret: '' })),
    );
    expect(created.filter((outcome) => 'user' in outcome)).toHaveLength(1);
    const hosted = await Promise.all(storages.map((one) => one.users.upsert({ external_id: 'dan', at: start_at })));
    expect(new Set(hosted.map((user) => user.id)).size).toBe(1);
    const client_id = 'same';
    const groups = await Promise.all(
      storages.map((one) =>
        one.chats.createGroup({ owner_id: ann, client_id, chat_name: 'A', member_ids: [ann], at: start_at }),
      ),
    );
    expect(groups.filter((made) => made.created)).toHaveLength(1);
  },

  async 'lets reads finish before it closes'({ storage, another }) {
    const other = another();
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    const reads = [
      other.chats.list({ user_id: ann, limit: 9, offset: 0, after_chat_id: null }),
      other.chats.changes({ chat_id, since: 0, floor_seq: 0, limit: 9 }),
      other.members.of([chat_id]),
    ];
    const settled = Promise.allSettled(reads);
    await other.close();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  },

  async 'waits for what is running before it closes'({ storage, another }) {
    const other = another();
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann, bob]);
    // More than it has connections: who waits for one is running too.
    const reads = upTo(40).map(() => other.members.of([chat_id]));
    const settled = Promise.allSettled([
      other.chats.list({ user_id: ann, limit: 9, offset: 0, after_chat_id: null }),
      other.chats.write([append(chat_id, ann)], () => null),
      ...reads,
    ]);
    // Two steps, and between them it may find the storage closed.
    const late = Promise.allSettled([other.users.upsert({ external_id: 'late', first_name: 'Late', at: start_at })]);
    await other.close();
    expect((await settled).filter(({ status }) => status !== 'fulfilled')).toEqual([]);
    await late;
    expect(await messagesOf(storage, chat_id)).toHaveLength(1);
  },
};
