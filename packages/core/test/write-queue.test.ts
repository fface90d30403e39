import { sqlite } from '@dialect/adapter-sqlite';
import { type ChatOperation, MessengerError, type Storage } from '@dialect/core';
import { queueOver } from '@dialect/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBatcher } from '../src/batcher.js';
import { toMessageCreated } from '../src/write-result.js';
import { withReplaced } from './helpers.js';

let made = 0;
const append = (chat_id: number, actor_id: number): ChatOperation => {
  const client_id = `q${++made}`;
  return { kind: 'append', chat_id, actor_id, client_id, content: 'x', message_type: 'text', reply_to_id: null, at: 1 };
};

async function startChats(count: number): Promise<{ storage: Storage; ann: number; chats: number[] }> {
  const storage = sqlite(':memory:');
  onTestFinished(() => storage.close());
  await storage.migrate();
  const { id: ann } = await storage.users.upsert({ external_id: 'ann', at: 1 });
  const chats: number[] = [];
  for (let n = 0; n < count; n++) {
    const group = { owner_id: ann, client_id: `g${n}`, chat_name: 'G', member_ids: [ann], at: 1 };
    chats.push((await storage.chats.createGroup(group)).chat.id);
  }
  return { storage, ann, chats };
}

/** Writes down when each batch begins and ends, and lets it take a while, as a disk does. */
function slowly(storage: Storage, log: string[]): Storage {
  return withReplaced(storage, {
    chats: {
      async write(operations, decide) {
        log.push(`begin ${operations.length}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        const outcomes = await storage.chats.write(operations, decide);
        log.push(`committed ${operations.length}`);
        return outcomes;
      },
    },
  });
}

describe('the write queue', () => {
  it('commits together what arrives together, whatever the chat, where the database has one writer', async () => {
    const { storage, ann, chats } = await startChats(3);
    const log: string[] = [];
    const queue = queueOver(slowly(storage, log));
    const writes = Array.from({ length: 30 }, (_, n) =>
      queue.write(append(chats[n % 3] as number, ann), toMessageCreated),
    );
    await Promise.all(writes);
    expect(log).toEqual(['begin 30', 'committed 30']);
  });

  it('gathers what arrives while a batch is written, up to the most that may go together', async () => {
    const { storage, ann, chats } = await startChats(1);
    const log: string[] = [];
    const queue = queueOver({ ...slowly(storage, log), batching: { scope: 'database', max: 10 } });
    const write = () => queue.write(append(chats[0] as number, ann), toMessageCreated);
    const first = write();
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, ...Array.from({ length: 25 }, write)]);
    expect(log.filter((line) => line.startsWith('begin'))).toEqual(['begin 1', 'begin 10', 'begin 10', 'begin 5']);
  });

  it('has a queue for each chat where the storage says so, and none waits for another', async () => {
    const { storage, ann, chats } = await startChats(3);
    const log: string[] = [];
    const queue = queueOver({ ...slowly(storage, log), batching: { scope: 'chat', max: 100 } });
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => queue.write(append(chats[n % 3] as number, ann), toMessageCreated)),
    );
    expect(log.slice(0, 3)).toEqual(['begin 10', 'begin 10', 'begin 10']);
    expect(queue.published).toHaveLength(30);
    // And again, once those queues have been let go of.
    await queue.write(append(chats[0] as number, ann), toMessageCreated);
    await queue.drained();
    expect(log.at(-1)).toBe('committed 1');
  });

  /** What must hold of every acknowledgement and every event: the message is in the table. */
  async function checkAckAfterCommit(storage: Storage, chat_id: number, ann: number): Promise<void> {
    const inTable = async () => (await storage.messages.page({ chat_id, floor_seq: 0, limit: 100, offset: 0 })).length;
    const log: string[] = [];
    const queue = queueOver(slowly(storage, log));
    const { written } = await queue.write(append(chat_id, ann), toMessageCreated);
    expect([log.at(-1), written.kind, queue.published.length]).toEqual(['committed 1', 'message', 1]);
    expect(await inTable()).toBe(1);
  }

  it('answers and publishes after the commit', async () => {
    const { storage, ann, chats } = await startChats(1);
    await checkAckAfterCommit(storage, chats[0] as number, ann);
  });

  it('is seen when it answers before the commit', async () => {
    const { storage, ann, chats } = await startChats(1);
    const early = withReplaced(storage, {
      chats: {
        async write(operations, decide) {
          let late: (() => void) | undefined;
          const committed = new Promise<void>((resolve) => {
            late = resolve;
          });
          setTimeout(() => storage.chats.write(operations, decide).then(late), 1);
          onTestFinished(() => committed);
          const { chat_id, actor_id, at } = operations[0] as ChatOperation;
          const message = {
            id: 1,
            chat_id,
            seq: 1,
            rev: 2,
            sender_id: actor_id,
            client_id: 'x',
            message_type: 'text',
            content: 'x',
            reply_to_id: null,
            sent_at: at,
            edited_at: null,
            deleted_at: null,
            is_pinned: 0,
            meta: null,
          } as const;
          return [{ kind: 'message', message, duplicate: false }];
        },
      },
    });
    await expect(checkAckAfterCommit(early, chats[0] as number, ann)).rejects.toThrow();
  });
});

describe('a batcher', () => {
  const options = {
    max: 10,
    capacity: 100,
    overflow: () => new Error('full'),
    schedule: (run: () => void) => setImmediate(run),
  };

  it('flushes one by one after a failure, in order, and fails only what fails alone', async () => {
    const flushed: number[][] = [];
    const batcher = createBatcher<number, number>({
      ...options,
      async flush(items) {
        flushed.push(items);
        if (items.includes(2)) throw new Error('two');
        return items.map((item) => item * 10);
      },
    });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      10,
      'two',
      30,
    ]);
    expect(flushed).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  it('refuses what is beyond its capacity, and takes more when there is room', async () => {
    const batcher = createBatcher<number, number>({ ...options, capacity: 2, flush: async (items) => items });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await batcher.add(4)).toBe(4);
  });

  it('is drained when nothing waits and nothing runs', async () => {
    let finished = 0;
    const batcher = createBatcher<number, number>({
      ...options,
      max: 2,
      async flush(items) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        finished += items.length;
        return items;
      },
    });
    await batcher.drained();
    for (let n = 0; n < 5; n++) void batcher.add(n);
    await batcher.drained();
    expect(finished).toBe(5);
  });

  it('tells of its items in their order, before their callers hear', async () => {
    const order: string[] = [];
    const batcher = createBatcher<number, number>({
      ...options,
      flush: async (items) => items,
      done: (item) => order.push(`done ${item}`),
    });
    await Promise.all([1, 2].map((item) => batcher.add(item).then(() => order.push(`heard ${item}`))));
    expect(order).toEqual(['done 1', 'done 2', 'heard 1', 'heard 2']);
  });

  it('fails only the item whose telling fails, and goes on', async () => {
    const batcher = createBatcher<number, number>({
      ...options,
      flush: async (items) => items,
      done(item) {
        if (item === 2) throw new Error('two');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await batcher.add(4)).toBe(4);
    await batcher.drained();
  });

  it('fails a batch at once when the storage is away, instead of waiting for it item by item', async () => {
    let tries = 0;
    const batcher = createBatcher<number, number>({
      ...options,
      async flush() {
        tries += 1;
        throw new MessengerError('BUSY');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(tries).toBe(1);
  });
});
