import type { Storage } from '@dialect/core';
import { checkAppendsUnderLoad, queueOver, storageCases, type TestDatabase, withBed } from '@dialect/core/testing';
import { describe, expect, it } from 'vitest';
import { memoryDatabase } from './test-databases.js';

/** A storage with one safety net removed. */
type Mutate = (storage: Storage) => Storage;

let made = 0;
const mutants: Record<string, Mutate> = {
  'stores a repeated client id again': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      write: (operations, decide) =>
        storage.chats.write(
          operations.map((one) => (one.kind === 'append' ? { ...one, client_id: `m${++made}` } : one)),
          decide,
        ),
    },
  }),

  'judges before it takes the lock': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async write(operations, decide) {
        const codes = await Promise.all(
          operations.map(async (operation) => {
            const { chat_id, actor_id } = operation;
            const [view] = await storage.chats.views(actor_id, [chat_id]);
            if (!view) return 'NOT_A_MEMBER' as const;
            const target = operation.kind === 'append' ? null : await storage.members.get(chat_id, operation.user_id);
            const member_count = (await storage.members.of([chat_id])).length;
            const facts = {
              chat: view.chat,
              actor: view.me,
              target,
              member_count,
              is_blocked: false,
              reference_exists: true,
            };
            return decide(operation, facts);
          }),
        );
        const outcomes = await storage.chats.write(operations, () => null);
        return outcomes.map((outcome, index) => {
          const code = codes[index];
          return code ? { kind: 'refused', code } : outcome;
        });
      },
    },
  }),

  'commits each operation by itself': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async write(operations, decide) {
        const outcomes = [];
        for (const operation of operations) outcomes.push(...(await storage.chats.write([operation], decide)));
        return outcomes;
      },
    },
  }),

  'does not look at blocks': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      write: (operations, decide) =>
        storage.chats.write(operations, (operation, facts) => decide(operation, { ...facts, is_blocked: false })),
    },
  }),

  'answers in another order': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async write(operations, decide) {
        const order = operations
          .map((_, index) => index)
          .sort((a, b) => (operations[a]?.chat_id ?? 0) - (operations[b]?.chat_id ?? 0));
        return storage.chats.write(order.map((index) => operations[index]) as typeof operations, decide);
      },
    },
  }),

  'opens a private chat without a key': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      openPrivate: ({ user_ids, at }) =>
        storage.chats.createGroup({
          owner_id: user_ids[0],
          client_id: `p${++made}`,
          chat_name: '',
          member_ids: user_ids,
          at,
        }),
    },
  }),

  'looks whether a username is free, and then creates': (storage) => ({
    ...storage,
    users: {
      ...storage.users,
      async create({ username_key, ...user }, credential) {
        if (username_key && (await storage.users.isUsernameTaken(username_key))) return { taken: 'username' };
        return storage.users.create(user, credential);
      },
    },
  }),

  'takes marks as they come': (storage) => ({
    ...storage,
    members: {
      ...storage.members,
      async advance(requests) {
        const outcomes = await storage.members.advance(requests);
        return outcomes.map((outcome, index) =>
          outcome.kind === 'marked' ? { ...outcome, read_seq: requests[index]?.seq ?? 0 } : outcome,
        );
      },
    },
  }),

  'writes each mark in a transaction of its own': (storage) => ({
    ...storage,
    members: {
      ...storage.members,
      advance: async (requests) =>
        (await Promise.all(requests.map((request) => storage.members.advance([request])))).flat(),
    },
  }),

  'cuts a page of changes wherever it is full': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async changes(query) {
        const page = await storage.chats.changes(query);
        return page && { ...page, members: page.members.slice(0, query.limit) };
      },
    },
  }),

  'takes the head after the rows': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async changes(query) {
        const page = await storage.chats.changes(query);
        const after = await storage.chats.changes({ ...query, since: Number.MAX_SAFE_INTEGER });
        return page && after && { ...page, to: page.more ? page.to : after.chat.rev };
      },
    },
  }),

  'forgets the departed': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async changes(query) {
        const page = await storage.chats.changes(query);
        return page && { ...page, members: page.members.filter((member) => member.left_at === null) };
      },
    },
  }),

  'counts the reader’s own messages as unread': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async views(user_id, chat_ids) {
        const views = await storage.chats.views(user_id, chat_ids);
        return views.map((view) => ({ ...view, unread_count: view.chat.last_seq - view.me.read_seq }));
      },
    },
  }),

  'pages by an offset that it forgets': (storage) => ({
    ...storage,
    messages: { ...storage.messages, page: (page) => storage.messages.page({ ...page, offset: 0 }) },
  }),
};

type Group = keyof typeof storageCases;

function mutated(mutate: Mutate): TestDatabase {
  const database = memoryDatabase();
  return { ...database, open: () => mutate(database.open()) };
}

const run = (mutate: Mutate, group: Group, name: string): Promise<void> => {
  const check = storageCases[group][name];
  if (!check) throw new Error(`There is no such case: ${group}: ${name}`);
  return withBed(() => mutated(mutate), check);
};

describe('the storage contract catches a storage that', () => {
  it.each<[string, Group, string]>([
    ['stores a repeated client id again', 'writes', 'answers a repeated client id with the message stored first'],
    [
      'stores a repeated client id again',
      'writes',
      'stores a client id once that is repeated within a batch and in a race',
    ],
    ['judges before it takes the lock', 'writes', 'asks with the facts as they stand at that point of the batch'],
    [
      'judges before it takes the lock',
      'writes',
      'never lets a group grow beyond its limit, however many are added at once',
    ],
    ['commits each operation by itself', 'writes', 'leaves nothing of a batch in which something throws'],
    ['does not look at blocks', 'blocks', 'lets no message in after its commit, however they race'],
    ['answers in another order', 'writes', 'numbers messages and changes without holes, in the order given'],
    [
      'opens a private chat without a key',
      'new chats',
      'gives those who race to open a private chat the same one, created once',
    ],
    [
      'looks whether a username is free, and then creates',
      'users and credentials',
      'lets one of those who race for a username win, and leaves nothing of the others',
    ],
    ['takes marks as they come', 'members and marks', 'moves marks forward and never back'],
    [
      'writes each mark in a transaction of its own',
      'members and marks',
      'raises a user’s urev once for a whole flush',
    ],
    [
      'cuts a page of changes wherever it is full',
      'changes',
      'never splits a revision, though the first one holds all members',
    ],
    ['takes the head after the rows', 'changes', 'loses and doubles nothing while people write, come and go'],
    ['forgets the departed', 'changes', 'gives the state of the tables from any revision by pages of any size'],
    [
      'counts the reader’s own messages as unread',
      'chats as members see them',
      'counts unread messages exactly, as a count by hand does',
    ],
    ['pages by an offset that it forgets', 'messages', 'pages newest first, older below a message and newer above one'],
  ])('%s (%s: %s)', async (mutant, group, name) => {
    await run((storage) => storage, group, name);
    await expect(run(mutants[mutant] as Mutate, group, name)).rejects.toThrow();
  });

  it('loses the repeats under load', async () => {
    const load = { chats: 2, senders: 4, messages: 400 };
    const under = (mutate: Mutate) =>
      withBed(
        () => mutated(mutate),
        ({ storage }) => checkAppendsUnderLoad([queueOver(storage)], storage, load),
      );
    await under((storage) => storage);
    await expect(under(mutants['stores a repeated client id again'] as Mutate)).rejects.toThrow();
  });
});

describe('a bed', () => {
  it('complains of a database of which something is left', async () => {
    const database = memoryDatabase();
    await expect(
      withBed(
        () => ({
          ...database,
          async remove() {
            throw new Error('something is left');
          },
        }),
        () => undefined,
      ),
    ).rejects.toThrow('something is left');
  });
});
