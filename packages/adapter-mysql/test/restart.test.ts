import type { ChatOperation, MessageRow, Storage } from '@dialect/core';
import { isMessengerError } from '@dialect/core';
import { queueOver } from '@dialect/core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrivateMysql, describePrivateMysql, type PrivateMysql } from '../../../tests/support/private-mysql.js';
import { append, group, messagesOf, people, upTo } from '../../core/src/testing/storage/world.js';
import { toMessageCreated } from '../../core/src/write-result.js';
import { mysql } from '../src/index.js';

const writers = 8;
const chats = 4;
/** Acknowledgements between two kills, so that each one falls into work. */
const acks_between = 50;

const most_kills = 100;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A storage with one safety net removed. */
type Mutate = (storage: Storage) => Storage;

interface Plan {
  /** No more kills when it is so: on a slow machine it takes more of them. */
  until: (count: Count, database: string) => boolean | Promise<boolean>;
  /** Milliseconds. Shorter than some restarts take: some writes outlive them, and others are answered BUSY. */
  reconnect_ms?: number;
  /** The server writes its log once a second. */
  is_lazy?: boolean;
  mutate?: Mutate;
}

interface Ack {
  chat_id: number;
  seq: number;
  content: string;
}

interface Count {
  kills: number;
  /** Kills that met writes without an answer. */
  kills_in_work: number;
  /** Answers BUSY, after each of which the same client id was sent again. */
  busy: number;
  /** Acknowledgements of what an earlier call had stored without being answered. */
  repeats: number;
  in_flight: number;
}

interface Report extends Count {
  acks: number;
  lost: number;
  doubled: number;
  /** Messages whose `seq` or `rev` does not follow the one before. */
  misnumbered: number;
  /** Messages that were told to others more than once. */
  rung_twice: number;
}

describePrivateMysql('a server that is killed', () => {
  let server: PrivateMysql;
  let made = 0;

  beforeAll(async () => {
    server = await createPrivateMysql('--skip-log-bin');
  }, 60_000);

  afterAll(() => server?.remove());

  /** Eight writers, each sending a message until it is acknowledged, while the server dies again and again. */
  async function killRepeatedly(plan: Plan): Promise<Report> {
    const { until, reconnect_ms = 120, is_lazy = false, mutate = (storage) => storage } = plan;
    const database = `killed_${++made}`;
    const url = `${server.url}/${database}`;
    await server.sql(`create database ${database}`);
    const storage = mysql({ url, reconnect_ms });
    try {
      await storage.migrate();
      const user_ids = await people(storage, writers);
      const chat_ids: number[] = [];
      for (const _ of upTo(chats)) chat_ids.push(await group(storage, user_ids));

      const queue = queueOver(mutate(storage));
      const acks: Ack[] = [];
      const count: Count = { kills: 0, kills_in_work: 0, busy: 0, repeats: 0, in_flight: 0 };
      let is_over = false;

      async function send(operation: ChatOperation & { kind: 'append' }): Promise<void> {
        for (;;) {
          try {
            count.in_flight += 1;
            // As a client does: the same client id, at a later time.
            const { event, written, is_repeat } = await queue.write({ ...operation, at: Date.now() }, toMessageCreated);
            const { seq } = (event ?? toMessageCreated(written)).message;
            acks.push({ chat_id: operation.chat_id, seq, content: operation.content });
            if (is_repeat) count.repeats += 1;
            return;
          } catch (error) {
            if (!isMessengerError(error) || error.code !== 'BUSY') throw error;
            count.busy += 1;
          } finally {
            count.in_flight -= 1;
          }
          await sleep(10);
        }
      }

      const sending = user_ids.map(async (user_id, n) => {
        for (let number = 0; !is_over; number++) {
          const content = `${n}:${number}`;
          const chat_id = chat_ids[n % chats] as number;
          await send(append(chat_id, user_id, { client_id: content, content }));
        }
      });
      const all = Promise.all(sending);
      all.catch(() => undefined);
      do {
        if (is_lazy) await server.sql('set global innodb_flush_log_at_trx_commit = 0');
        const wanted = acks.length + acks_between;
        while (acks.length < wanted) await Promise.race([sleep(2), all]);
        await sleep(Math.random() * 40);
        if (count.in_flight > 0) count.kills_in_work += 1;
        await server.kill9();
        await server.start();
        count.kills += 1;
      } while (count.kills < most_kills && !(await until(count, database)));
      is_over = true;
      await all;
      const rung = queue.published.map((event) => (event.type === 'message_created' ? event.message.id : 0));
      const rung_twice = rung.length - new Set(rung).size;
      return {
        ...count,
        acks: acks.length,
        rung_twice,
        ...judge(acks, await readAll(url, chat_ids)),
      };
    } finally {
      await storage.close();
    }
  }

  async function readAll(url: string, chat_ids: readonly number[]): Promise<MessageRow[][]> {
    const storage = mysql(url);
    try {
      return await Promise.all(chat_ids.map((chat_id) => messagesOf(storage, chat_id)));
    } finally {
      await storage.close();
    }
  }

  function judge(acks: Ack[], stored: MessageRow[][]): Pick<Report, 'lost' | 'doubled' | 'misnumbered'> {
    const rows = stored.flat();
    const found = new Set(rows.map((row) => `${row.chat_id}/${row.seq}/${row.content}`));
    return {
      lost: acks.filter((ack) => !found.has(`${ack.chat_id}/${ack.seq}/${ack.content}`)).length,
      doubled: rows.length - new Set(rows.map((row) => row.content)).size,
      misnumbered: stored.flatMap((chat) => chat.filter((row, index) => row.seq !== index + 1 || row.rev !== index + 2))
        .length,
    };
  }

  it('loses nothing that was acknowledged and doubles nothing, through 20 times kill -9 under eight writers', async () => {
    const report = await killRepeatedly({ until: ({ kills, repeats }) => kills >= 20 && repeats > 0 });
    console.log(report);
    expect(report).toMatchObject({ lost: 0, doubled: 0, misnumbered: 0, rung_twice: 0 });
    // The inputs arrived, and commits were cut off from their answers.
    expect(report.kills_in_work).toBe(report.kills);
    expect(report.acks).toBeGreaterThanOrEqual(report.kills * acks_between);
    expect(report.repeats).toBeGreaterThan(0);
  }, 120_000);

  it('sees a storage that does not recognise a repeated client id', async () => {
    let sent = 0;
    const mutate: Mutate = (storage) => ({
      ...storage,
      chats: {
        ...storage.chats,
        write: (operations, decide) =>
          storage.chats.write(
            operations.map((operation) => ({ ...operation, client_id: `m${++sent}` })),
            decide,
          ),
      },
    });
    const until: Plan['until'] = async (_, database) => {
      const doubled = 'count(*) > count(distinct content)';
      const [row] = await server.sql(`select ${doubled} as is_doubled from ${database}.dialect_messages`);
      return row?.is_doubled === 1;
    };
    const report = await killRepeatedly({ until, reconnect_ms: 1, mutate });
    expect(report.doubled).toBeGreaterThan(0);
  }, 120_000);

  it('sees a server that does not write its log when it commits', async () => {
    const report = await killRepeatedly({ until: ({ kills }) => kills >= 5, is_lazy: true });
    expect(report.lost).toBeGreaterThan(0);
  }, 60_000);
});
