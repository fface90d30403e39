import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller, Storage } from '@dialect/core';
import { createTestMessenger, type TestMessenger } from '@dialect/core/testing';
import type { Message } from '@dialect/protocol';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { codeOf } from './helpers.js';

// Every run has a database of its own in a file.
vi.setConfig({ testTimeout: 120_000 });

/** One thing that somebody does: who, what, and to which of the messages or people there are. */
const step = fc.record({ who: fc.nat(3), what: fc.nat(15), which: fc.nat(1_000) });
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface World {
  messenger: TestMessenger;
  storage: Storage;
  people: Caller[];
  chat_id: number;
}

/** Of which messages there are: ids are given out in order, and some are nobody's. */
const anyId = (world: World, which: number): number => {
  const created = world.messenger.events.filter((event) => event.type === 'message_created').length;
  return 1 + (which % (created + 1));
};

async function take({ who, what, which }: Step, world: World): Promise<void> {
  const { messenger, people, chat_id } = world;
  const caller = people[who] as Caller;
  const { user_id } = people[which % people.length] as Caller;
  const message_id = anyId(world, which);
  const is_on = which % 3 > 0;
  const { messages, chats } = messenger;
  const deeds = [
    () => messages.edit(caller, { message_id, content: `edited ${which}` }),
    () => messages.delete(caller, { message_id }),
    () => messages.delete(caller, { message_id, for_everyone: false }),
    () => messages.pin(caller, { message_id, is_pinned: is_on }),
    () => messages.react(caller, { message_id, emoji: `${which % 4}`, is_on }),
    () => messages.send(caller, { chat_id, content: 'a reply', reply_to_id: message_id }),
    () => messages.forward(caller, { message_id, chat_id }),
    () => chats.addMember(people[0] as Caller, { chat_id, user_id }),
    () => (is_on ? chats.leave(caller, { chat_id }) : chats.removeMember(caller, { chat_id, user_id })),
    () => chats.clear(caller, { chat_id, for_everyone: which % 4 === 0 }),
    () => messages.markRead(caller, { chat_id, seq: which % 20 }),
  ];
  // Mostly people write.
  const deed = deeds[what] ?? (() => messages.send(caller, { chat_id, content: `${which}` }));
  messenger.clock.advance(1_000);
  const code = await codeOf(deed());
  if (code === 'INTERNAL' || !/^[A-Za-z_]+$/.test(code)) throw new Error(`Something broke: ${code}`);
}

/** What somebody knows who applies changes as a client does, and drops what the chat says is cleared. */
class Replica {
  head = 0;
  readonly messages = new Map<number, Message>();
  is_member = false;

  constructor(
    readonly caller: Caller,
    readonly world: World,
  ) {}

  async pull(limit: number): Promise<void> {
    const { messenger, chat_id } = this.world;
    for (;;) {
      const call = messenger.sync.changes(this.caller, { chat_id, since: this.head, limit });
      const page = await call.catch(() => null);
      this.is_member = page !== null;
      if (!page) return;
      if (page.snapshot) this.messages.clear();
      for (const row of page.messages) {
        expect(row.rev).toBeGreaterThan(page.from);
        if (row.is_deleted) this.messages.delete(row.seq);
        else this.messages.set(row.seq, row);
      }
      const me = page.members.find((member) => member.user_id === this.caller.user_id);
      if (me && !me.is_active) {
        this.is_member = false;
        return;
      }
      this.head = page.to;
      if (!page.more) return;
    }
  }

  /** Of what is their own alone they hear by events, and by the chat as they list it. */
  visible(cleared_seq: number): Message[] {
    const hidden = this.world.messenger.events.flatMap((event) =>
      event.type === 'message_hidden' && event.only_for === this.caller.user_id ? event.seq : [],
    );
    return [...this.messages.values()]
      .filter(({ seq }) => seq > cleared_seq && !hidden.includes(seq))
      .sort((a, b) => b.seq - a.seq);
  }
}

/** Statuses and quotes are of other people and other messages: they may change without a rev of the message. */
const own = (messages: readonly Message[]) => messages.map(({ status: _, reply_to: __, ...rest }) => rest);

async function check(world: World, replicas: readonly Replica[]): Promise<void> {
  const { messenger, storage, chat_id } = world;
  const revs = messenger.events.flatMap((event) => ('rev' in event ? [event.rev] : []));
  expect(revs).toEqual(revs.map((_, index) => index + 2));
  for (const replica of replicas) {
    const { caller } = replica;
    await replica.pull(1 + (revs.length % 7));
    const member = await storage.members.get(chat_id, caller.user_id);
    expect(replica.is_member).toBe(member?.left_at === null);
    if (!replica.is_member) continue;
    const chat = await messenger.chats.get(caller, { chat_id });
    const history = await messenger.messages.history(caller, { chat_id, with_system: true, limit: 100 });
    expect([chat.rev, replica.head]).toEqual([revs.length + 1, revs.length + 1]);
    expect(own(replica.visible(chat.cleared_seq))).toEqual(own(history));
    const said = history.filter((message) => message.message_type !== 'system');
    expect(own(await messenger.messages.history(caller, { chat_id, limit: 100 }))).toEqual(own(said));
    expect(own(await messenger.messages.history(caller, { chat_id, limit: 3, offset: 2 }))).toEqual(
      own(said.slice(2, 5)),
    );
    expect(own(chat.last_message ? [chat.last_message] : [])).toEqual(own(said.slice(0, 1)));
    const pins = await messenger.messages.pins(caller, { chat_id });
    expect(own(pins).sort((a, b) => b.seq - a.seq)).toEqual(own(history.filter((message) => message.is_pinned)));
    const unread = said.filter((message) => message.sender_id !== caller.user_id && message.seq > chat.read_seq);
    expect(chat.unread_count).toBe(unread.length);
    // What is quoted is as it stands.
    for (const { reply_to, reply_to_id } of said) {
      const row = reply_to_id === null ? null : await storage.messages.find(chat_id, reply_to_id);
      expect(reply_to?.content).toBe(row?.deleted_at === null ? row.content : undefined);
    }
  }
}

async function start(folder: string): Promise<World> {
  const storage = sqlite(join(folder, 'chat.db'));
  const limits = { messages_per_second: Number.POSITIVE_INFINITY };
  const messenger = await createTestMessenger({ storage, limits, marks_delay_ms: 0 });
  const people: Caller[] = [];
  for (const name of ['Ann', 'Bob', 'Cem', 'Dan']) people.push(await messenger.person(name));
  const [ann, bob, cem] = people as [Caller, Caller, Caller];
  const participant_ids = [bob.user_id, cem.user_id];
  const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids });
  messenger.events.length = 0;
  return { messenger, storage, people, chat_id };
}

it('a copy kept by changes is what the chat is, for everybody in it, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      async (steps, every) => {
        const folder = mkdtempSync(join(tmpdir(), 'dialect-core-'));
        const world = await start(folder);
        try {
          const replicas = world.people.map((caller) => new Replica(caller, world));
          for (const [index, one] of steps.entries()) {
            await take(one, world);
            if (index % every === 0) await check(world, replicas);
          }
          await check(world, replicas);
        } finally {
          await world.messenger.close();
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});
