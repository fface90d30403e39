import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PushOptions } from '@dialect/core';
import { apiRoot } from '@dialect/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { access_token, type FcmStandIn, startFcm } from '../support/fcm-stand-in.js';
import { createDatabase, has_mysql } from '../support/mysql.js';
import { sleep, until } from './world.js';

const script = new URL('./server.mjs', import.meta.url).pathname;

interface Child {
  ask<T>(name: string, path: string, body?: object): Promise<T>;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
}

async function start(database: string, service: FcmStandIn, push_options: PushOptions): Promise<Child> {
  const { ca, port: service_port } = service;
  const options = JSON.stringify({ database, service_port, ca, access_token, push_options });
  const child = spawn(process.execPath, [script, options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${Number(String(line))}${apiRoot}`;
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return {
    kill,
    async ask(name, path, body) {
      const headers = { authorization: `Bearer ${name}`, 'content-type': 'application/json' };
      const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
      const answer = await fetch(url + path, { headers, ...init });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
  };
}

const databases = [
  {
    name: 'SQLite',
    async create() {
      const folder = mkdtempSync(join(tmpdir(), 'dialect-push-'));
      return { database: join(folder, 'chat.db'), remove: async () => rmSync(folder, { recursive: true }) };
    },
  },
  ...(has_mysql
    ? [
        {
          name: 'MySQL',
          async create() {
            const { url, remove } = await createDatabase();
            return { database: url, remove };
          },
        },
      ]
    : []),
];

async function prepare(create: () => Promise<{ database: string; remove: () => Promise<void> }>) {
  const { database, remove } = await create();
  const service = await startFcm();
  onTestFinished(async () => {
    await service.close();
    await remove();
  });
  const open = (push_options: PushOptions) => start(database, service, push_options);
  return { service, open };
}

/** Bob has a device; Ann writes to him. Answered means acknowledged. */
async function write(server: Child): Promise<void> {
  const { id: target_user_id } = await server.ask<{ id: number }>('Bob', '/users/me');
  await server.ask('Bob', '/users/device', { fcm_token: 'bob-1' });
  const { id: chat_id } = await server.ask<{ id: number }>('Ann', '/chats/private', { target_user_id });
  await server.ask('Ann', '/messages', { chat_id, content: 'acknowledged' });
}

/** Enough for several looks, so that a second push would have come. */
const some_looks_ms = 500;
const quick = { gather_ms: 20, poll_ms: 50 };

test.each(databases)(
  'killed between acknowledgement and push, a server pushes after its restart, once, on $name',
  async ({ create }) => {
    const { service, open } = await prepare(create);
    const first = await open({ gather_ms: 3_600_000, poll_ms: 3_600_000 });
    await write(first);
    await first.kill();
    expect(service.asked).toBe(0);
    await open(quick);
    await service.until(1);
    await sleep(some_looks_ms);
    expect(service.accepted.map(({ token, notification }) => `${token}: ${notification.body}`)).toEqual([
      'bob-1: acknowledged',
    ]);
  },
  60_000,
);

test.each(databases)(
  'killed while it sends, a server leaves the push to the next one, on $name',
  async ({ create }) => {
    const { service, open } = await prepare(create);
    service.treat('bob-1', 'hang');
    const first = await open({ ...quick, lease_ms: 3_000 });
    await write(first);
    await until(() => service.asked > 0);
    const second = await open({ ...quick, lease_ms: 3_000 });
    // Lent to the first: the second leaves it alone while that lives.
    await sleep(some_looks_ms);
    expect(service.asked).toBe(1);
    await first.kill();
    service.treat('bob-1', 'accept');
    await service.until(1);
    await sleep(some_looks_ms);
    expect(service.accepted).toHaveLength(1);
    await second.kill();
  },
  60_000,
);
