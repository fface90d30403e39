import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { type Caller, createMessenger, type Identity, type Messenger, type MessengerOptions } from '@dialect/core';
import { socketPath, subprotocol } from '@dialect/protocol';
import { attachWebSocket, type WebSocketOptions } from '@dialect/transport-ws';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';

type Frame = Record<string, unknown> & { type: string };

/** A token is a person's name; `name@milliseconds` is one that expires then. */
function identify({ token }: { token?: string }): Identity | null {
  const [name, expires_at] = (token ?? '').split('@');
  if (!name) return null;
  return { external_id: name, first_name: name, ...(expires_at && { expires_at: Number(expires_at) }) };
}

export interface World {
  messenger: Messenger;
  url: string;
  transport: ReturnType<typeof attachWebSocket>;
  person(name: string): Promise<Caller>;
  /** A native client that has said hello and is ready, or one that has only connected. */
  native(token: string | null, hello?: object): Promise<Peer>;
  plain(token: string): Promise<Peer>;
}

export async function createWorld(
  options: { messenger?: Partial<MessengerOptions>; socket?: WebSocketOptions } = {},
): Promise<World> {
  const messenger = createMessenger({
    storage: sqlite(':memory:'),
    identify,
    limits: { messages_per_second: Number.POSITIVE_INFINITY },
    marks_delay_ms: 5,
    ...options.messenger,
  });
  await messenger.start();
  const server = createServer();
  const transport = attachWebSocket(server, messenger, options.socket);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${socketPath}`;
  const peers: Peer[] = [];
  onTestFinished(async () => {
    for (const peer of peers) peer.ws.terminate();
    await transport.close();
    server.close();
    await messenger.close();
  });
  const open = async (ws: WebSocket): Promise<Peer> => {
    const peer = new Peer(ws);
    peers.push(peer);
    await once(ws, 'open');
    return peer;
  };
  return {
    messenger,
    url,
    transport,
    person: (name) => messenger.asUser({ external_id: name, first_name: name }),
    async native(token, hello = {}) {
      const peer = await open(new WebSocket(url, subprotocol));
      if (token === null) return peer;
      peer.send({ type: 'hello', v: 1, token, ...hello });
      await peer.next('ready');
      return peer;
    },
    plain: (token) => open(new WebSocket(`${url}?token=${encodeURIComponent(token)}`)),
  };
}

/** One end of a socket: everything it received, in order. */
export class Peer {
  readonly frames: Frame[] = [];
  readonly closed: Promise<number>;
  #read = 0;
  #wake: () => void = () => undefined;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) => ws.on('close', (code) => resolve(code)));
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The next frame of this type (or, for an answer, with this `ref`), skipping others. */
  async next(wanted: string | number): Promise<Frame> {
    for (;;) {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read++] as Frame;
        if (typeof wanted === 'number' ? frame.ref === wanted : frame.type === wanted) return frame;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  all(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Everything that the server had sent before now has arrived. */
  async settled(): Promise<void> {
    this.send({ type: 'ping' });
    await this.next('pong');
  }
}
