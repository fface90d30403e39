import type { Event } from '@dialect/protocol';
import { expect } from 'vitest';
import type { Decide, MessageRow, Storage } from '../../ports/index.js';
import { createWriteQueue, type WriteQueue } from '../../write-queue.js';
import { toMessageCreated } from '../../write-result.js';
import type { Cases } from '../cases.js';
import type { Bed } from './test-database.js';
import { append, decide, group, messagesOf, people, upTo, verdict } from './world.js';

/** The core's own queue over a storage, with everything it published. */
export function queueOver(storage: Storage, judge: Decide = decide): WriteQueue & { published: Event[] } {
  const published: Event[] = [];
  const queue = createWriteQueue({
    storage,
    decide: judge,
    publish: (event) => published.push(event),
    capacity: Number.POSITIVE_INFINITY,
  });
  return { ...queue, published };
}

interface Load {
  chats: number;
  senders: number;
  messages: number;
}

/**
 * So many messages at once, one in ten of them sent again: right away (it lands in the same batch) or much later. Checks
 * that every chat's numbers have no holes and no repeats, and that every repeat was answered with the first message.
 */
export async function checkAppendsUnderLoad(
  queues: readonly WriteQueue[],
  storage: Storage,
  load: Load,
): Promise<void> {
  const ids = await people(storage, load.senders);
  const chats: number[] = [];
  for (const _ of upTo(load.chats)) chats.push(await group(storage, ids));

  const sent: { key: number; message: MessageRow; duplicate: boolean }[] = [];
  let next = 0;
  const send = async (key: number): Promise<void> => {
    const queue = queues[next++ % queues.length] as WriteQueue;
    const chat_id = chats[key % chats.length] as number;
    const actor_id = ids[key % ids.length] as number;
    const { written } = await queue.write(
      append(chat_id, actor_id, { client_id: `m-${key}`, content: `${key}` }),
      toMessageCreated,
    );
    if (written.kind === 'message') sent.push({ key, ...written });
  };
  const sends: Promise<void>[] = [];
  for (let key = 0; key < load.messages; key++) {
    sends.push(send(key));
    if (key % 20 === 0) sends.push(send(key));
    if (key % 20 === 10 && key > 5_000) sends.push(send(key - 5_000));
  }
  await Promise.all(sends);

  const first = new Map<number, MessageRow>();
  for (const { key, message, duplicate } of sent) if (!duplicate) first.set(key, message);
  expect(first.size).toBe(load.messages);
  expect(sent.filter(({ duplicate }) => !duplicate)).toHaveLength(load.messages);
  for (const { key, message } of sent) {
    const original = first.get(key) as MessageRow;
    if (message.id !== original.id || message.seq !== original.seq || message.content !== `${key}`) {
      throw new Error(`Message ${key} was answered with ${JSON.stringify(message)}.`);
    }
  }
  let rows = 0;
  for (const chat_id of chats) rows += await checkNumbers(storage, chat_id);
  expect(rows).toBe(load.messages);
}

/** `seq` runs from 1, `rev` from 2 (the chat itself is 1) and `id` ascends with them. Returns the number of messages. */
async function checkNumbers(storage: Storage, chat_id: number): Promise<number> {
  const messages = await messagesOf(storage, chat_id);
  messages.forEach((message, index) => {
    const before = messages[index - 1]?.id ?? 0;
    if (message.seq !== index + 1 || message.rev !== index + 2 || message.id <= before) {
      throw new Error(
        `Message ${index + 1} of chat ${chat_id} has seq ${message.seq}, rev ${message.rev}, id ${message.id}.`,
      );
    }
  });
  const changes = await storage.chats.changes({ chat_id, since: messages.length, floor_seq: 0, limit: 9 });
  expect(changes?.chat).toMatchObject({ last_seq: messages.length, rev: messages.length + 1 });
  return messages.length;
}

function checkPublished(events: readonly Event[], expected: number): void {
  const heads = new Map<number, number>();
  for (const event of events) {
    if (!('rev' in event)) continue;
    const head = heads.get(event.chat_id) ?? 1;
    if (event.rev !== head + 1) throw new Error(`Chat ${event.chat_id}: rev ${event.rev} was published after ${head}.`);
    heads.set(event.chat_id, event.rev);
  }
  expect(events).toHaveLength(expected);
}

/** The cases that may never be skipped: many writers, one order. */
export const loadCases: Cases<Bed> = {
  async 'stores 100,000 concurrent messages to few chats without a hole, a repeat or a ring too many'({ storage }) {
    const queue = queueOver(storage);
    await checkAppendsUnderLoad([queue], storage, { chats: 4, senders: 8, messages: 100_000 });
    checkPublished(queue.published, 100_000);
  },

  async 'commits neighbours though one operation of the batch throws'({ storage }) {
    const [ann] = (await people(storage, 1)) as [number];
    const chat_id = await group(storage, [ann]);
    const queue = queueOver(storage, (operation, facts) => {
      if (operation.kind === 'append' && operation.content === 'bad') throw new Error('decide is broken');
      return decide(operation, facts);
    });
    const contents = upTo(50).map((n) => (n % 10 === 0 ? 'bad' : `${n}`));
    const settled = await Promise.allSettled(
      contents.map((content) => queue.write(append(chat_id, ann, { content }), toMessageCreated)),
    );
    expect(settled.map(({ status }) => status)).toEqual(contents.map((c) => (c === 'bad' ? 'rejected' : 'fulfilled')));
    const good = contents.filter((content) => content !== 'bad');
    expect((await messagesOf(storage, chat_id)).map((message) => message.content)).toEqual(good);
    await checkNumbers(storage, chat_id);
    checkPublished(queue.published, good.length);
  },

  async 'refuses through the queue by code, and rings nobody for a refusal or a repeat'({ storage }) {
    const [ann, bob] = (await people(storage, 2)) as [number, number];
    const chat_id = await group(storage, [ann]);
    const queue = queueOver(storage);
    const message = append(chat_id, ann);
    const settled = await Promise.allSettled(
      [message, append(chat_id, bob), message].map((operation) => queue.write(operation, toMessageCreated)),
    );
    expect(settled.map((one) => (one.status === 'fulfilled' ? verdict(one.value.written) : one.reason.code))).toEqual([
      'message',
      'NOT_A_MEMBER',
      'duplicate',
    ]);
    checkPublished(queue.published, 1);
  },
};
