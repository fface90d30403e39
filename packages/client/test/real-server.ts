import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger, type Messenger, type MessengerOptions } from '@dialect/core';
import { createNodeHandler } from '@dialect/server-http';
import { attachWebSocket } from '@dialect/transport-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type ChatHandle, type Client, type ClientOptions, createClient } from '../src/index.js';

/** The whole server as it is, and a road to it that the test can cut. */
export interface RealServer {
  messenger: Messenger;
  url: string;
  road: Road;
  /** Ends the transport and starts another one on the same messenger, as a restart does. */
  restart(): Promise<void>;
  /** A client with an account of its own, signed in. */
  person(name: string, options?: Partial<ClientOptions>): Promise<Client>;
  /** Another device of the same person. */
  device(name: string, options?: Partial<ClientOptions>): Promise<Client>;
}

const phones = new Map<string, string>();
const phoneOf = (name: string): string => {
  if (!phones.has(name)) phones.set(name, `+7999${String(1_000_000 + phones.size)}`);
  return phones.get(name) as string;
};
const password = 'correct horse battery';

export async function realServer(options: Partial<MessengerOptions> = {}): Promise<RealServer> {
  const messenger = createMessenger({
    storage: sqlite(':memory:'),
    accounts: { secret: 'x'.repeat(32) },
    limits: { messages_per_second: Number.POSITIVE_INFINITY },
    marks_delay_ms: 20,
    ...options,
  });
  await messenger.start();
  const handler = createNodeHandler(messenger);
  const clients: Client[] = [];
  let server!: Server;
  let transport!: ReturnType<typeof attachWebSocket>;

  async function listen(): Promise<number> {
    server = createServer((request, response) => void handler(request, response));
    transport = attachWebSocket(server, messenger, { reconnect_within_ms: 50 });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }
  async function end(): Promise<void> {
    await transport.close();
    server.closeAllConnections();
    server.close();
  }

  const road = await createRoad(await listen());
  const url = `http://127.0.0.1:${road.port}`;
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await end();
    await messenger.close();
    road.close();
  });

  async function device(name: string, overrides: Partial<ClientOptions> = {}): Promise<Client> {
    const client = createClient({ url, WebSocket, reconnect: { min_ms: 20, max_ms: 200 }, ...overrides });
    clients.push(client);
    await client.auth.login({ phone: phoneOf(name), password });
    return client;
  }

  return {
    messenger,
    url,
    road,
    async restart() {
      await end();
      road.target = await listen();
    },
    async person(name, overrides) {
      const guest = createClient({ url });
      await guest.auth.register({ phone: phoneOf(name), username: name, password });
      return device(name, overrides);
    },
    device,
  };
}

/** A TCP relay: the one thing between client and server that fails in real life. */
export interface Road {
  port: number;
  target: number;
  /** Cuts every connection, in both directions, wherever it stands. */
  cut(): void;
  /** Lets bytes into a direction vanish: the connection looks alive, and is not. */
  swallow: 'nothing' | 'to_client' | 'to_server';
  close(): void;
}

async function createRoad(target: number): Promise<Road> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connect(road.target, '127.0.0.1');
    for (const [from, to, direction] of [
      [near, far, 'to_server'],
      [far, near, 'to_client'],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => {
        if (road.swallow !== direction) to.write(data);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const road: Road = {
    port: (server.address() as AddressInfo).port,
    target,
    swallow: 'nothing',
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      road.cut();
      server.close();
    },
  };
  return road;
}

/** What the server has, oldest first. */
export async function stored(client: Client, chat_id: number): Promise<string[]> {
  const rows = [];
  for (let after_seq = 0; ; after_seq = rows.at(-1)?.seq ?? 0) {
    const page = await client.messages.history({ chat_id, after_seq, limit: 100 });
    if (page.length === 0) return rows.map(({ content }) => content);
    rows.push(...page);
  }
}

export const shown = (chat: ChatHandle): string[] => chat.messages.get().map(({ content }) => content);
