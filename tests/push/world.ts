import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, createClient } from '@dialect/client';
import {
  type Caller,
  createMessenger,
  type DeviceRow,
  type Identity,
  type Messenger,
  type MessengerOptions,
} from '@dialect/core';
import { apiRoot, socketPath } from '@dialect/protocol';
import { fcm } from '@dialect/push-fcm';
import { createNodeHandler } from '@dialect/server-http';
import { attachWebSocket } from '@dialect/transport-ws';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { type FcmStandIn, startFcm } from '../support/fcm-stand-in.js';
import { openFirebaseApp } from '../support/firebase-app.js';
import type { HostDatabase } from '../support/host-databases.js';

export interface PushWorld {
  messenger: Messenger;
  service: FcmStandIn;
  port: number;
  lines: string[];
  /** Somebody with these devices, registered over HTTP. */
  person(name: string, ...tokens: string[]): Promise<Caller>;
  http(name: string, method: string, path: string, body?: object): Promise<Response>;
  /** A typed client, connected; through another port, if one is given. */
  native(name: string, through?: number): Promise<Client>;
  /** A client of the seeds, connected. */
  plain(name: string, through?: number): Promise<WebSocket>;
  block(blocker: Caller, blocked: Caller): Promise<void>;
  chatOf(...people: Caller[]): Promise<number>;
  send(from: Caller, chat_id: number, content?: string): Promise<void>;
  devices(person: Caller): Promise<DeviceRow[]>;
  /** Resolves when nothing is in the outbox, and so many pushes wait, of messages from this number on. */
  waiting(count: number, from_seq?: number): Promise<void>;
  /** Every mark that moved. */
  marks: { user_id: number; seq: number }[];
  /** Resolves when the storage holds nothing that is still to be pushed. */
  settled(): Promise<void>;
  /** The tokens that were pushed to, in the order of arrival. */
  pushed(): string[];
}

export const quick = { gather_ms: 30, poll_ms: 30, hold_ms: 1_500, lease_ms: 20_000, retry_ms: 60 };

/** Looks again and again until it is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** A real messenger, with real sockets, on a database, and the push service's stand-in behind the real library. */
export async function createPushWorld(
  create: () => Promise<HostDatabase>,
  options: Partial<MessengerOptions> = {},
): Promise<PushWorld> {
  const database = await create();
  const service = await startFcm();
  const lines: string[] = [];
  const keep = (message: string, fields: object = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const messenger = createMessenger({
    storage: database.storage,
    identify: ({ token }) => (token ? ({ external_id: token, first_name: token } satisfies Identity) : null),
    limits: { messages_per_second: Number.POSITIVE_INFINITY },
    marks_delay_ms: 5,
    logger: { info: keep, warn: keep, error: keep },
    push: fcm({ app: openFirebaseApp(service) }),
    push_options: quick,
    ...options,
  });
  await messenger.start();
  const server = createServer(createNodeHandler(messenger));
  const transport = attachWebSocket(server, messenger, { sweep_ms: 20 });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const endings: (() => unknown)[] = [];
  onTestFinished(async () => {
    for (const end of endings) await end();
    await transport.close();
    server.closeAllConnections();
    server.close();
    await messenger.close();
    await service.close();
    await database.remove();
  });

  const http: PushWorld['http'] = (name, method, path, body) =>
    fetch(`http://127.0.0.1:${port}${apiRoot}${path}`, {
      method,
      headers: { authorization: `Bearer ${name}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const marks: PushWorld['marks'] = [];
  messenger.subscribe((event) => {
    if (event.type === 'message_delivered' || event.type === 'message_read') marks.push(event);
  });
  const countOf = async (table: string, from_seq = 0): Promise<number> => {
    const [row] = await database.beside(`select count(*) as n from dialect_${table} where seq >= ${from_seq}`);
    return Number(row?.n);
  };

  return {
    messenger,
    service,
    port,
    lines,
    http,
    async person(name, ...tokens) {
      const caller = await messenger.asUser({ external_id: name, first_name: name });
      for (const fcm_token of tokens) await http(name, 'POST', '/users/device', { fcm_token });
      return caller;
    },
    async native(name, through = port) {
      const client = createClient({ url: `http://127.0.0.1:${through}`, token: name, WebSocket });
      endings.push(() => client.close());
      await client.connect();
      return client;
    },
    async plain(name, through = port) {
      const socket = new WebSocket(`ws://127.0.0.1:${through}${socketPath}?token=${name}`);
      socket.on('error', () => undefined);
      endings.push(() => socket.terminate());
      await once(socket, 'open');
      return socket;
    },
    block: ({ user_id: blocker_id }, { user_id: blocked_id }) =>
      database.storage.blocks.add({ blocker_id, blocked_id, at: Date.now() }),
    async chatOf(first, ...others) {
      const participant_ids = others.map(({ user_id }) => user_id);
      const [target_user_id] = participant_ids;
      if (participant_ids.length === 1 && target_user_id)
        return (await messenger.chats.createPrivate(first as Caller, { target_user_id })).id;
      return (await messenger.chats.createGroup(first as Caller, { chat_name: 'Friends', participant_ids })).id;
    },
    async send(from, chat_id, content = 'Hello') {
      await messenger.messages.send(from, { chat_id, content });
    },
    marks,
    devices: ({ user_id }) => database.storage.devices.of([user_id]),
    async waiting(count, from_seq = 0) {
      while ((await countOf('push_outbox')) > 0 || (await countOf('pushes', from_seq)) !== count) await sleep(20);
    },
    async settled() {
      while ((await countOf('push_outbox')) + (await countOf('pushes')) > 0) await sleep(20);
    },
    pushed: () => service.accepted.map(({ token }) => token),
  };
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
