import type { MessageRow, Storage } from '@dialect/core';
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
            const target = 'user_id' in operation ? await storage.members.get(chat_id, operation.user_id) : null;
            const member_count = (await storage.members.of([chat_id])).length;
            const facts = {
              chat: view.chat,
              actor: view.me,
              target,
              member_count,
              is_blocked: false,
              reference_exists: true,
              message: null,
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

  'edits without a rev': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async changes(query) {
        const page = await storage.chats.changes(query);
        return page && { ...page, messages: page.messages.filter((row) => row.rev === row.seq + 1) };
      },
    },
  }),

  'tells again of what is so already': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      write: async (operations, decide) =>
        (await storage.chats.write(operations, decide)).map((outcome) =>
          outcome.kind === 'refused' ? outcome : { ...outcome, duplicate: false },
        ),
    },
  }),

  'lists what is pinned in the order of the messages': (storage) => ({
    ...storage,
    messages: {
      ...storage.messages,
      pinned: async (page) => (await storage.messages.pinned(page)).sort((a, b) => b.seq - a.seq),
    },
  }),

  'counts a message that is deleted for oneself once per device': (storage) => {
    let asked = 0;
    return {
      ...storage,
      messages: {
        ...storage.messages,
        async hide(message) {
          asked += 1;
          await storage.messages.hide(message);
        },
      },
      members: {
        ...storage.members,
        async get(chat_id, user_id) {
          const member = await storage.members.get(chat_id, user_id);
          return member && { ...member, hidden_count: asked };
        },
      },
    };
  },

  'clears by the time': (storage) => {
    let cleared_at = -1;
    return {
      ...storage,
      members: {
        ...storage.members,
        async settle(settings) {
          const [view] = await storage.chats.views(settings.user_id, [settings.chat_id]);
          if (settings.clear) cleared_at = view?.chat.last_message_at ?? -1;
          return storage.members.settle(settings);
        },
      },
      chats: {
        ...storage.chats,
        async views(user_id, chat_ids) {
          const views = await storage.chats.views(user_id, chat_ids);
          const isCleared = (sent_at: number | undefined) => sent_at !== undefined && sent_at <= cleared_at;
          return views.map((view) => (isCleared(view.last_message?.sent_at) ? { ...view, last_message: null } : view));
        },
      },
    };
  },

  'quotes what it remembers': (storage) => {
    const quotes = new Map<number, MessageRow['reply_to']>();
    return {
      ...storage,
      messages: {
        ...storage.messages,
        async find(chat_id, id) {
          const row = await storage.messages.find(chat_id, id);
          if (!row?.reply_to_id) return row;
          if (!quotes.has(id)) quotes.set(id, row.reply_to);
          return { ...row, reply_to: quotes.get(id) ?? null };
        },
      },
    };
  },

  'deletes a private chat for the one who asks': (storage) => ({
    ...storage,
    chats: {
      ...storage.chats,
      async write(operations, decide) {
        const outcomes = await storage.chats.write(operations, decide);
        for (const one of operations) {
          if (one.kind !== 'delete_chat') continue;
          for (const { user_id } of await storage.members.of([one.chat_id])) {
            if (user_id === one.actor_id) continue;
            await storage.members.settle({ chat_id: one.chat_id, user_id, hide: false });
          }
        }
        return outcomes;
      },
    },
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
    [
      'edits without a rev',
      'messages that change',
      'edits a message under the next rev, and leaves the rest of it as it was',
    ],
    [
      'tells again of what is so already',
      'messages that change',
      'answers what is so already as a duplicate, without a rev',
    ],
    ['tells again of what is so already', 'what is cleared', 'clears once what is clear already'],
    [
      'lists what is pinned in the order of the messages',
      'pins and reactions',
      'lists the pinned messages, the latest pinned first',
    ],
    [
      'counts a message that is deleted for oneself once per device',
      'what members settle for themselves',
      'deletes a message for one user alone, counted once however often they ask',
    ],
    [
      'clears by the time',
      'what members settle for themselves',
      'clears a chat for one member, by number and not by time',
    ],
    [
      'quotes what it remembers',
      'quoted messages',
      'shows it as it stands: edited, too long, and not at all once it is deleted',
    ],
    [
      'deletes a private chat for the one who asks',
      'what is cleared',
      'deletes a private chat for both, until the next message',
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
