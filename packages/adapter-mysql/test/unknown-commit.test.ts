import type { MemberRow, MessageRow, Storage } from '@dialect/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase, describeMysql, type MysqlDatabase } from '../../../tests/support/mysql.js';
import { edit } from '../../core/src/testing/storage/operations.js';
import {
  add,
  append,
  group,
  messageOf,
  messagesOf,
  mustWrite,
  people,
  privateChat,
  remove,
  start_at,
  unique,
  verdict,
  write,
} from '../../core/src/testing/storage/world.js';
import { mysql } from '../src/index.js';
import { type Break, type CommitProxy, createCommitProxy } from './commit-proxy.js';
import { until, untilWaiting } from './test-storage.js';

interface World {
  storage: Storage;
  ann: number;
  bob: number;
  cem: number;
  /** A group of Ann, its owner, and Bob. */
  chat_id: number;
}

interface Case {
  /** What is done, with a time of its own. Resolves with what the caller is told. */
  act: (world: World) => Promise<unknown>;
  told: unknown;
  /** What must be there once afterwards, as a query that counts it. */
  once: string;
}

const later = start_at + 1_000;
const account = { first_name: 'Dan', username: 'dan', username_key: 'dan', created_at: later };

const cases: Record<string, Case> = {
  'chats.write (append)': {
    async act({ storage, chat_id, bob }) {
      const outcomes = await write(storage, append(chat_id, bob, { content: 'hi', at: later }), append(chat_id, bob));
      return outcomes.map((outcome) => [verdict(outcome), messageOf(outcome).seq, messageOf(outcome).rev]);
    },
    told: [
      ['message', 1, 2],
      ['message', 2, 3],
    ],
    once: "select 1 from dialect_messages where content = 'hi'",
  },
  'chats.write (add_member)': {
    async act({ storage, chat_id, ann, cem }) {
      const [outcome] = await write(storage, add(chat_id, ann, cem, later));
      return outcome;
    },
    told: { kind: 'member', rev: 2, member: { joined_at: later, left_at: null, rev: 2 } },
    once: `select 1 from dialect_members where joined_at = ${later}`,
  },
  'chats.write (remove_member)': {
    async act({ storage, chat_id, ann, bob }) {
      const [outcome] = await write(storage, remove(chat_id, ann, bob, later));
      return outcome;
    },
    told: { kind: 'member', rev: 2, member: { left_at: later, rev: 2 } },
    once: `select 1 from dialect_members where left_at = ${later}`,
  },
  'chats.createGroup': {
    act: ({ storage, ann, bob }) =>
      storage.chats.createGroup({
        owner_id: ann,
        client_id: 'the group',
        chat_name: 'G',
        member_ids: [ann, bob],
        at: later,
      }),
    told: { created: true, chat: { client_id: 'the group', rev: 1 } },
    once: "select 1 from dialect_chats where client_id = 'the group'",
  },
  'chats.openPrivate': {
    act: ({ storage, ann, bob }) => storage.chats.openPrivate({ user_ids: [ann, bob], at: later }),
    told: { created: true, chat: { chat_type: 'private', rev: 1 } },
    once: "select 1 from dialect_chats where chat_type = 'private'",
  },
  'users.create': {
    act: ({ storage }) => storage.users.create(account, { kind: 'phone', lookup: '+491', secret: 'salted' }),
    told: { user: account },
    once: "select 1 from dialect_users join dialect_credentials on user_id = id where username = 'dan'",
  },
  'users.upsert': {
    act: ({ storage }) => storage.users.upsert({ external_id: 'dan', first_name: 'Dan', at: later }),
    told: { external_id: 'dan', first_name: 'Dan', created_at: later },
    once: "select 1 from dialect_users where external_id = 'dan'",
  },
  'blocks.add': {
    act: ({ storage, ann, bob }) => storage.blocks.add({ blocker_id: ann, blocked_id: bob, at: later }),
    told: undefined,
    once: 'select 1 from dialect_blocks',
  },
};

describeMysql('a commit of which nobody knows whether it was', () => {
  let database: MysqlDatabase;
  let proxy: CommitProxy;
  let storage: Storage;
  let world: World;

  beforeEach(async () => {
    database = await createDatabase();
    const url = new URL(database.url);
    proxy = await createCommitProxy({ host: url.hostname, port: Number(url.port) || 3306 });
    url.host = `127.0.0.1:${proxy.port}`;
    storage = mysql(url.href);
    await storage.migrate();
    const [ann, bob, cem] = (await people(storage, 3)) as [number, number, number];
    world = { storage, ann, bob, cem, chat_id: await group(storage, [ann, bob]) };
  });

  afterEach(async () => {
    await storage.close();
    await proxy.close();
    await database.remove();
  });

  async function breaking<T>(how: Break, act: () => Promise<T>, times = 1): Promise<T> {
    proxy.arm(how, times);
    const acting = act();
    for (let time = 0; how === 'late' && time < times; time++) {
      // The next attempt has run into what this one has written.
      await until(() => proxy.broken() > time);
      await untilWaiting(database, 1);
      proxy.letGo();
    }
    const result = await acting;
    expect(proxy.broken()).toBe(times);
    return result;
  }

  describe.each<[string, Break]>([
    ['the server never got it', 'before'],
    ['the answer was lost', 'after'],
    ['the server carries it out while we try again', 'late'],
  ])('%s', (_, how) => {
    it.each(Object.entries(cases))('%s', async (_name, { act, told, once }) => {
      const result = await breaking(how, () => act(world));
      if (told === undefined) expect(result).toBeUndefined();
      else expect(result).toMatchObject(told as object);
      expect(await database.sql(once)).toHaveLength(1);
    });

    it('members.advance', async () => {
      const { chat_id, ann, bob } = world;
      const [message] = (await mustWrite(storage, append(chat_id, ann))).map(messageOf);
      const mark = { kind: 'read', chat_id, user_id: bob, seq: 1, at: later } as const;
      const [outcome] = await breaking(how, () => storage.members.advance([mark]));
      expect(outcome).toEqual({
        kind: 'marked',
        read_seq: 1,
        delivered_seq: 1,
        moved_to: { seq: 1, message_id: message?.id },
      });
      expect(await database.sql('select seq from dialect_read_log')).toEqual([{ seq: 1 }]);
      const [bobs] = (await storage.members.of([chat_id])).filter((member: MemberRow) => member.user_id === bob);
      expect(bobs).toMatchObject({ read_seq: 1, read_at: later });
    });

    it('chats.write (edit_message under a condition, which it no longer meets)', async () => {
      const { chat_id, ann } = world;
      const [first, message] = (await mustWrite(storage, append(chat_id, ann), append(chat_id, ann))).map(messageOf);
      const [answer] = (await mustWrite(storage, append(chat_id, ann, { reply_to_id: first?.id ?? 0 }))).map(messageOf);
      const changes = ([message, answer] as MessageRow[]).map((row) =>
        edit(row, ann, 'anew', { if_rev: row.rev, at: later }),
      );
      const outcomes = await breaking(how, () => write(storage, ...changes));
      expect(outcomes.map(verdict)).toEqual(['message', 'message']);
      const told = outcomes.map(messageOf).map(({ content, reply_to }) => [content, reply_to?.id]);
      expect(told).toEqual([
        ['anew', undefined],
        ['anew', first?.id],
      ]);
      expect(await database.sql("select 1 from dialect_messages where content = 'anew'")).toHaveLength(2);
    });

    it('still answers what an earlier call had stored as a repeat', async () => {
      const { chat_id, ann, bob } = world;
      const client_id = unique();
      const [first] = await mustWrite(storage, append(chat_id, bob, { client_id, at: start_at }));
      const batch = [append(chat_id, bob, { client_id, at: later }), append(chat_id, ann, { at: later })];
      const outcomes = await breaking(how, () => write(storage, ...batch));
      expect(outcomes.map(verdict)).toEqual(['duplicate', 'message']);
      expect(messageOf(outcomes[0])).toEqual(messageOf(first));
      expect(await messagesOf(storage, chat_id)).toHaveLength(2);

      const old = { owner_id: ann, client_id: 'old', chat_name: 'G', member_ids: [ann], at: start_at };
      expect(await storage.chats.createGroup(old)).toMatchObject({ created: true });
      expect(await storage.chats.createGroup({ ...old, at: later })).toMatchObject({ created: false });
      const pair_id = await privateChat(storage, ann, bob);
      const opened = await storage.chats.openPrivate({ user_ids: [bob, ann], at: later });
      expect(opened).toMatchObject({ created: false, chat: { id: pair_id } });
    });

    it('repeated inside the batch: it is new once', async () => {
      const { chat_id, bob } = world;
      const client_id = unique();
      const batch = [append(chat_id, bob, { client_id, at: later }), append(chat_id, bob, { client_id, at: later })];
      const outcomes = await breaking(how, () => write(storage, ...batch));
      expect(outcomes.map(verdict)).toEqual(['message', 'duplicate']);
    });

    it('as often as it happens', async () => {
      const { act, told, once } = cases['chats.write (append)'] as Case;
      expect(await breaking(how, () => act(world), 3)).toMatchObject(told as object);
      expect(await database.sql(once)).toHaveLength(1);
    });
  });
});
