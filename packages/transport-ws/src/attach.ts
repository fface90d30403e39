import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { IdentifyRequest, Messenger } from '@dialect/core';
import { closeCodes, protocolLimits, socketPath, subprotocol } from '@dialect/protocol';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { followChats } from './catch-up.js';
import { Connection } from './connection.js';
import { Hub } from './hub.js';
import { defaultOutflowLimits, Outflow, type OutflowLimits } from './outflow.js';
import { receive } from './receive.js';
import type { Session } from './session.js';
import { sweep } from './sweep.js';
import { refuse, toRequest } from './upgrade.js';

export interface WebSocketOptions {
  /** Where the socket is. @default '/api/v1/messages/ws' */
  path?: string;
  outflow?: Partial<OutflowLimits>;
  /** Milliseconds between two looks after every connection. @default 5000 */
  sweep_ms?: number;
  /** Clients come back after a restart within this time, each at its own moment. @default 5000 */
  reconnect_within_ms?: number;
  /** Somebody whose last native connection closed is offline for others only after this time. @default 10000 */
  native_grace_ms?: number;
}

export interface WebSocketTransport {
  /** Live connections. */
  readonly size: number;
  /** Finishes the commands under way, says `bye`, closes every connection and accepts no more. */
  close(): Promise<void>;
}

/** Frames in pieces: enough for any client that sends, few enough that one-byte pieces cannot fill the memory. */
const max_fragments = 64;
const max_chunks = 2_048;
const drain_ms = 5_000;
const farewell_ms = 2_000;

/** What ws reports where the socket ended without a close frame (RFC 6455, 7.1.5). */
const no_close_frame = 1006;

const idle = Promise.resolve();
const carried = Symbol('dialect.session');
type Carrier = WebSocket & { [carried]?: Session };

// Shared by all sockets: a closure for each would be the larger part of an idle connection.
function onMessage(this: WebSocket, data: RawData, is_binary: boolean): void {
  const session = (this as Carrier)[carried];
  if (session) receive(session, data, is_binary);
}
function onPong(this: WebSocket): void {
  const session = (this as Carrier)[carried];
  if (session) session.connection.last_input_at = performance.now();
}
/** ws closes the socket itself, with the code that fits (1007, 1009, ...): unhandled, it would end the process. */
function onError(): void {}

/** Serves the messenger's socket on a server that may have other work too. */
export function attachWebSocket(
  server: Server,
  messenger: Messenger,
  options: WebSocketOptions = {},
): WebSocketTransport {
  const { path = socketPath, sweep_ms = 5_000, reconnect_within_ms = 5_000, native_grace_ms = 10_000 } = options;
  const limits = { ...defaultOutflowLimits, ...options.outflow };
  const hub = new Hub();
  const connections = new Set<Connection>();
  const unsubscribe = messenger.subscribe((event) => hub.deliver(event));
  let is_closing = false;

  const settings = {
    noServer: true,
    clientTracking: false,
    // It costs a factor of seven in deliveries, and memory for every socket.
    perMessageDeflate: false,
    maxPayload: protocolLimits.frame_bytes,
    maxFragments: max_fragments,
    maxBufferedChunks: max_chunks,
    // Who does not answer a close frame is not waited for any longer.
    closeTimeout: farewell_ms,
    handleProtocols: (offered: Set<string>) => (offered.has(subprotocol) ? subprotocol : false),
  } as const;
  const sockets = new WebSocketServer(settings);

  function onUpgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = stream as Socket;
    socket.on('error', onError);
    const request = toRequest(incoming);
    if (!request) {
      refuse(socket, 400);
      return;
    }
    if (request.path !== path) {
      // Somebody else's path; when nobody else listens for upgrades the client must still hear something.
      if (server.listenerCount('upgrade') === 1) refuse(socket, 404);
      return;
    }
    if (is_closing) {
      refuse(socket, 503);
      return;
    }
    const is_native = request.protocols.has(subprotocol);
    const connection = new Connection(new Outflow(socket, limits), is_native ? 'native' : 'plain');
    if (is_native) open(connection, incoming, head, request);
    else openPlain(connection, incoming, head, request).catch(() => refuse(socket, 500));
  }

  /** Plain clients sign in by the upgrade itself; a wrong token is a refused upgrade, as the seeds answer it. */
  async function openPlain(connection: Connection, incoming: IncomingMessage, head: Buffer, request: IdentifyRequest) {
    const identified = await messenger.identify(request);
    if (!identified) {
      refuse(connection.outflow.socket, request.token === undefined ? 401 : 403);
      return;
    }
    connection.adopt(identified);
    // Plain clients have no catch-up, so they follow their chats before the upgrade tells them that they do.
    connection.held = [];
    try {
      await followChats(connection, hub, messenger);
      if (is_closing) refuse(connection.outflow.socket, 503);
      else open(connection, incoming, head, null);
    } finally {
      // Not opened: the client went away meanwhile.
      if (!connections.has(connection)) forget(connection);
    }
    if (connection.is_closed) return;
    messenger.presence.connected(connection.user_id);
    connection.release();
  }

  function open(connection: Connection, incoming: IncomingMessage, head: Buffer, request: IdentifyRequest | null) {
    const { socket } = connection.outflow;
    sockets.handleUpgrade(incoming, socket, head, (ws) => {
      socket.off('error', onError);
      socket.setNoDelay(true);
      connection.ws = ws;
      (ws as Carrier)[carried] = { connection, messenger, hub, request, greeting: 'expected', asking: idle };
      connections.add(connection);
      ws.on('message', onMessage);
      ws.on('pong', onPong);
      ws.on('error', onError);
      ws.on('close', onClose);
    });
  }

  function onClose(this: WebSocket, code: number): void {
    const connection = (this as Carrier)[carried]?.connection;
    if (!connection || !connections.delete(connection)) return;
    forget(connection);
    if (!connection.caller) return;
    const is_plain = connection.mode === 'plain';
    messenger.presence.disconnected(connection.user_id, {
      // The seeds' clients expect to hear at once who has gone; a phone with our client flaps, and is given a moment.
      grace_ms: is_plain ? 0 : native_grace_ms,
      // Native clients say what they have received. Of the others an orderly end says it: the close frame came last.
      has_received: is_plain && code !== no_close_frame,
    });
  }

  function forget(connection: Connection): void {
    connection.is_closed = true;
    hub.leave(connection);
  }

  const timer = setInterval(() => {
    const now = performance.now();
    const wall_clock = Date.now();
    for (const connection of connections) sweep(connection, now, wall_clock);
  }, sweep_ms);
  timer.unref();
  server.on('upgrade', onUpgrade);

  return {
    get size() {
      return connections.size;
    },
    async close() {
      is_closing = true;
      clearInterval(timer);
      for (const connection of connections) {
        connection.is_draining = true;
        connection.ws.pause();
      }
      await until(() => [...connections].every((connection) => connection.in_flight === 0), drain_ms);
      for (const connection of connections) {
        const after_ms = Math.floor(Math.random() * reconnect_within_ms);
        connection.send({ type: 'bye', code: closeCodes.restart, reconnect: true, after_ms });
        connection.close('restart');
        // A close is complete when the other side's has been read.
        connection.ws.resume();
      }
      await until(() => connections.size === 0, farewell_ms);
      for (const connection of connections) connection.outflow.terminate();
      server.off('upgrade', onUpgrade);
      unsubscribe();
    },
  };
}

async function until(condition: () => boolean, limit_ms: number): Promise<void> {
  const end = performance.now() + limit_ms;
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}
