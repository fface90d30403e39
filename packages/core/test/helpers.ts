import { sqlite } from '@dialect/adapter-sqlite';
import type { Caller, MessengerError, Storage, StorageRepositories } from '@dialect/core';
import {
  createFakePasswordHasher,
  createTestMessenger,
  type TestMessenger,
  type TestMessengerOptions,
} from '@dialect/core/testing';
import type { Event, EventOf, EventType } from '@dialect/protocol';
import { onTestFinished } from 'vitest';

/** A messenger over a database in memory, closed when the test has ended. */
export async function startMessenger(options: Partial<TestMessengerOptions> = {}): Promise<TestMessenger> {
  const messenger = await createTestMessenger({ storage: sqlite(':memory:'), ...options });
  onTestFinished(() => messenger.close());
  return messenger;
}

export function accountsForTests() {
  const passwords = createFakePasswordHasher();
  return { passwords, accounts: { secret: 'a secret for tests, of 32 bytes or more', passwords } };
}

export async function persons(messenger: TestMessenger, ...names: string[]): Promise<Caller[]> {
  return Promise.all(names.map((name) => messenger.person(name)));
}

/** Ann and Bob with a private chat. */
export async function startPair(options: Partial<TestMessengerOptions> = {}) {
  const messenger = await startMessenger(options);
  const [ann, bob] = (await persons(messenger, 'Ann', 'Bob')) as [Caller, Caller];
  const chat = await messenger.chats.createPrivate(ann, { target_user_id: bob.user_id });
  messenger.events.length = 0;
  return { messenger, ann, bob, chat_id: chat.id };
}

/** A group of Ann, its owner, and the others. */
export async function startGroup(names: string[], options: Partial<TestMessengerOptions> = {}) {
  const messenger = await startMessenger(options);
  const members = await persons(messenger, ...names);
  const [owner, ...others] = members as [Caller, ...Caller[]];
  const chat = await messenger.chats.createGroup(owner, {
    chat_name: 'A group',
    participant_ids: others.map((other) => other.user_id),
  });
  messenger.events.length = 0;
  return { messenger, owner, others, members, chat_id: chat.id };
}

/** The code a call fails with, or `passed`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'passed',
    (error: MessengerError) => error.code ?? String(error),
  );
}

/** The code and the field a call fails with. */
export async function refusal(call: Promise<unknown>): Promise<[string, string | undefined]> {
  return call.then(
    () => ['passed', undefined],
    (error: MessengerError) => [error.code ?? String(error), error.field],
  );
}

export function eventsOf<T extends EventType>(events: readonly Event[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

/** Without the read marks that sending implies: those come when they come. */
export const toldIn = (events: readonly Event[]): Event[] =>
  events.filter((event) => event.type !== 'message_read' || !event.is_implied);

type Group = keyof StorageRepositories;
type Replacements = { [G in Group]?: Partial<Storage[G]> };

/** The storage with some methods replaced. */
export function withReplaced(storage: Storage, replacements: Replacements): Storage {
  const replaced: Storage = { ...storage };
  for (const group of Object.keys(replacements) as Group[]) {
    Object.assign(replaced, { [group]: { ...storage[group], ...replacements[group] } });
  }
  return replaced;
}

/** The storage with a list of every call: `users.get`. */
export function spiedOn(storage: Storage): { storage: Storage; calls: string[] } {
  const calls: string[] = [];
  const spied: Record<string, unknown> = { ...storage };
  for (const [group, port] of Object.entries(storage) as [string, Record<string, unknown>][]) {
    if (typeof port !== 'object' || group === 'batching') continue;
    spied[group] = Object.fromEntries(
      Object.entries(port).map(([name, method]) => [
        name,
        (...given: unknown[]) => {
          calls.push(`${group}.${name}`);
          return (method as (...args: unknown[]) => unknown)(...given);
        },
      ]),
    );
  }
  return { storage: spied as unknown as Storage, calls };
}
