import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { type Client, createClient } from '@dialect/client';
import type { MessageRow, Storage } from '@dialect/core';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { createDatabase, has_mysql } from '../support/mysql.js';
import { type Mutant, startServer } from './child-server.js';

const people = 20;
const members_per_chat = 4;
const chats_per_person = 5;

interface Plan {
  kills: number;
  /** On a slow machine there are more kills, until this many messages were acknowledged. */
  acks_wanted?: number;
  mutant: Mutant;
  on?: 'sqlite' | 'mysql';
}

interface Ack {
  chat_id: number;
  seq: number;
  content: string;
}

interface Report {
  kills: number;
  acks: number;
  /** Acknowledged messages that the database does not have where it was said. */
  lost: number;
  /** Contents that stand in the database more than once. */
  doubled: number;
  /** Chats whose numbers are not 1..n. */
  holes: number;
  /** Lists of clients that differ from the database at the end, without any reload. */
  differing: number;
}

/**
 * Twenty typed clients, each sending into five chats, while the server is killed again and again: no warning, no drain.
 * Every content is unique, so what is lost or doubled can be counted from the database.
 */
async function killRepeatedly({ kills, acks_wanted = 0, mutant, on = 'sqlite' }: Plan): Promise<Report> {
  const { database, remove } = await create[on]();
  const clients: Client[] = [];
  try {
    const chat_ids = await prepare(database);
    let server = await startServer({ database, port: 0, mutant });
    const { port } = server;
    for (let n = 0; n < people; n++) clients.push(createPerson(n, port));
    await Promise.all(clients.map((client) => client.connect()));

    const acks: Ack[] = [];
    let is_over = false;
    const senders = clients.flatMap((client, n) =>
      chatsOf(n).map(async (index) => {
        const chat = client.chat(chat_ids[index] as number);
        for (let count = 0; !is_over; count++) {
          const content = `${n}:${index}:${count}`;
          const { chat_id, seq } = await chat.send(content);
          acks.push({ chat_id, seq, content });
        }
      }),
    );
    let rounds = 0;
    for (; rounds < kills || (acks.length < acks_wanted && rounds < kills * 3); rounds++) {
      // Long enough for everybody to be back, short enough to hit the catch-up now and then.
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
      await server.kill();
      server = await startServer({ database, port, mutant });
    }
    is_over = true;
    await Promise.all(senders);
    await Promise.all(clients.map((client) => client.call('users.me', {})));

    const stored = await readAll(database, chat_ids);
    const seen = () => clients.map((client, n) => chatsOf(n).map((index) => listOf(client, chat_ids[index] as number)));
    const wanted = clients.map((_, n) => chatsOf(n).map((index) => contents(stored.get(chat_ids[index] as number))));
    // What is still under way to somebody arrives; what is missing by then is missing.
    const same = () => JSON.stringify(seen()) === JSON.stringify(wanted);
    for (let wait = 0; wait < 100 && !same(); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
    const differing = seen()
      .flat()
      .filter((list, index) => JSON.stringify(list) !== JSON.stringify(wanted.flat()[index])).length;
    await Promise.all(clients.map((client) => client.close()));
    await server.kill();
    return { kills: rounds, acks: acks.length, differing, ...judge(acks, stored) };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await remove();
  }
}

/** A database for one test, as the server is told of it. */
const create = {
  async sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'dialect-kill-'));
    return { database: join(folder, 'chat.db'), remove: async () => rmSync(folder, { recursive: true, force: true }) };
  },
  async mysql() {
    const { url, remove } = await createDatabase();
    return { database: url, remove };
  },
};

const open = (database: string): Storage => (database.startsWith('mysql:') ? mysql(database) : sqlite(database));

const name = (n: number): string => `person-${n}`;
const chat_count = (people * chats_per_person) / members_per_chat;
/** Person n is in five chats; every chat has four members. */
const chatsOf = (n: number): number[] => Array.from({ length: chats_per_person }, (_, k) => (n + k * 7) % chat_count);

async function prepare(database: string): Promise<number[]> {
  const storage = open(database);
  await storage.migrate();
  const at = Date.now();
  const users = await Promise.all(
    Array.from({ length: people }, (_, n) => storage.users.upsert({ external_id: name(n), first_name: name(n), at })),
  );
  const chat_ids: number[] = [];
  for (let index = 0; index < chat_count; index++) {
    const member_ids = users.filter((_, n) => chatsOf(n).includes(index)).map((user) => user.id);
    const group = {
      owner_id: member_ids[0] as number,
      client_id: `g${index}`,
      chat_name: `Chat ${index}`,
      member_ids,
      at,
    };
    chat_ids.push((await storage.chats.createGroup(group)).chat.id);
  }
  await storage.close();
  return chat_ids;
}

function createPerson(n: number, port: number): Client {
  const url = `http://127.0.0.1:${port}`;
  return createClient({ url, token: name(n), WebSocket, reconnect: { min_ms: 20, max_ms: 200 } });
}

async function readAll(database: string, chat_ids: number[]): Promise<Map<number, MessageRow[]>> {
  const storage = open(database);
  const page = { floor_seq: 0, after_seq: 0, limit: 1_000_000, offset: 0 };
  const rows = await Promise.all(chat_ids.map((chat_id) => storage.messages.page({ ...page, chat_id })));
  await storage.close();
  return new Map(chat_ids.map((chat_id, index) => [chat_id, rows[index] as MessageRow[]]));
}

const contents = (rows: readonly { content: string }[] = []): string[] => rows.map((row) => row.content);

function listOf(client: Client, chat_id: number): string[] {
  return contents(client.chat(chat_id).messages.get());
}

function judge(acks: Ack[], stored: Map<number, MessageRow[]>): Pick<Report, 'lost' | 'doubled' | 'holes'> {
  const rows = [...stored.values()].flat();
  const found = new Set(rows.map((row) => `${row.chat_id}/${row.seq}/${row.content}`));
  return {
    lost: acks.filter((ack) => !found.has(`${ack.chat_id}/${ack.seq}/${ack.content}`)).length,
    doubled: rows.length - new Set(rows.map((row) => row.content)).size,
    holes: [...stored.values()].filter((chat) => chat.some((row, index) => row.seq !== index + 1)).length,
  };
}

test('50 times kill -9 while 20 clients send: nothing acknowledged is lost, nothing is doubled', async () => {
  const report = await killRepeatedly({ kills: 50, acks_wanted: 10_000, mutant: 'none' });
  console.log(report);
  expect(report).toMatchObject({ lost: 0, doubled: 0, holes: 0, differing: 0 });
  // The inputs arrived.
  expect(report.acks).toBeGreaterThanOrEqual(10_000);
}, 240_000);

test.skipIf(!has_mysql)(
  'the same on MySQL, 10 times: the database lives on and still holds what the dead server had begun',
  async () => {
    const report = await killRepeatedly({ kills: 10, acks_wanted: 1_000, mutant: 'none', on: 'mysql' });
    console.log(report);
    expect(report).toMatchObject({ lost: 0, doubled: 0, holes: 0, differing: 0 });
    expect(report.acks).toBeGreaterThanOrEqual(1_000);
  },
  240_000,
);

test('the same test sees a server that does not recognise a repeated client id', async () => {
  const report = await killRepeatedly({ kills: 6, mutant: 'no-dedupe' });
  expect(report.doubled).toBeGreaterThan(0);
}, 120_000);

test('the same test sees a server that acknowledges before the commit', async () => {
  const report = await killRepeatedly({ kills: 6, mutant: 'early-ack' });
  expect(report.lost).toBeGreaterThan(0);
}, 120_000);
