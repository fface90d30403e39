import { expect } from 'vitest';
import type { Storage, StorageRepositories } from '../../ports/index.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { append, decide, group, messagesOf, mustWrite, people, start_at, unique, verdict } from './world.js';

/** Runs one transaction as a host does; what the driver lends is the host's affair. */
function inTransaction<T>(storage: Storage, work: (repositories: StorageRepositories) => Promise<T>): Promise<T> {
  if (!storage.transaction) throw new Error('The storage has no `transaction`: say why in `skip.transaction`.');
  return storage.transaction(work);
}

const account = (username: string, lookup: string) =>
  [
    { first_name: 'Ann', username, username_key: username, created_at: start_at },
    { kind: 'phone', lookup, secret: 'hash' } as const,
  ] as const;

/** One transaction for a host's rows and ours, where a storage has that. */
export const transactionCases: Cases<Bed> = {
  async 'commits together what the repositories wrote, and lets them see it before'({ storage, probe }) {
    const external_id = unique();
    const made = await inTransaction(storage, async ({ users, chats, messages, members }) => {
      const ann = await users.upsert({ external_id, first_name: 'Ann', at: start_at });
      const bob = await users.upsert({ external_id: unique(), first_name: 'Bob', at: start_at });
      const { chat } = await chats.openPrivate({ user_ids: [ann.id, bob.id], at: start_at });
      const [outcome] = await chats.write([append(chat.id, ann.id)], decide);
      await members.advance([{ kind: 'read', chat_id: chat.id, user_id: bob.id, seq: 1, at: start_at }]);
      expect(await messages.page({ chat_id: chat.id, floor_seq: 0, limit: 9, offset: 0 })).toHaveLength(1);
      return { chat_id: chat.id, bob: bob.id, outcome };
    });
    expect(verdict(made.outcome)).toBe('message');
    expect(await messagesOf(storage, made.chat_id)).toHaveLength(1);
    expect(await probe.readLog(made.chat_id, made.bob)).toEqual([{ seq: 1, at: start_at }]);
    expect((await storage.users.upsert({ external_id, at: start_at })).first_name).toBe('Ann');
  },

  async 'leaves nothing when the work throws, and passes its error on'({ storage, probe }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const failing = inTransaction(storage, async ({ users, chats }) => {
      await users.upsert({ external_id: unique(), at: start_at });
      await chats.write([append(chat_id, ann)], decide);
      throw new Error('the host changed its mind');
    });
    await expect(failing).rejects.toThrow('the host changed its mind');
    expect([await probe.count('users'), await probe.count('messages')]).toEqual([1, 0]);
    expect(await storage.chats.heads(ann)).toEqual([{ chat_id, rev: 1, is_member: true, is_hidden: false }]);
    await mustWrite(storage, append(chat_id, ann));
  },

  async 'undoes one write that fails in it, and keeps the others'({ storage, probe }) {
    await storage.users.create(...account('ann', '+491'));
    const taken = await inTransaction(storage, async ({ users, chats }) => {
      const first = await users.upsert({ external_id: unique(), at: start_at });
      const outcomes = [
        await users.create(...account('ann', '+492')),
        await users.create(...account('bob', '+491')),
        await users.create(...account('cem', '+493')),
      ];
      const missing = chats.createGroup({
        owner_id: first.id,
        client_id: unique(),
        chat_name: 'A group',
        member_ids: [first.id, 999_999],
        at: start_at,
      });
      await expect(missing).rejects.toThrow();
      return outcomes.map((outcome) => ('taken' in outcome ? outcome.taken : outcome.user.username));
    });
    expect(taken).toEqual(['username', 'credential', 'cem']);
    expect([await probe.count('users'), await probe.count('credentials'), await probe.count('chats')]).toEqual([
      3, 2, 0,
    ]);
  },

  async 'shows nobody what is not committed'({ storage }) {
    const external_id = unique();
    const looks: Promise<unknown>[] = [];
    const failing = inTransaction(storage, async ({ users }) => {
      const { id } = await users.upsert({ external_id, at: start_at });
      // Not awaited: a storage with one connection answers when the transaction is over.
      looks.push(storage.users.get([id]));
      await users.get([id]);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await Promise.all(looks)).toEqual([[]]);
  },
};
