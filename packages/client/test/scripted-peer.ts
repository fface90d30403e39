import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Changes, Chat, ClientFrame, Id, Member, Message, ServerFrame } from '@dialect/protocol';
import { type WebSocket, WebSocketServer } from 'ws';

export type Frame<T extends ClientFrame['type'] = ClientFrame['type']> = Extract<ClientFrame, { type: T }> & {
  ref?: number;
};

/** One connection as the scripted server sees it. */
export interface Peer {
  socket: WebSocket;
  received: ClientFrame[];
  say(...frames: ServerFrame[]): void;
  /** Resolves with the first frame of that type that has not been taken yet. */
  take<T extends ClientFrame['type']>(type: T, ms?: number): Promise<Frame<T>>;
  welcome(overrides?: Partial<Extract<ServerFrame, { type: 'welcome' }>>): void;
  /** Takes the hello, welcomes, sends the frames and says ready. */
  greet(...frames: ServerFrame[]): Promise<Frame<'hello'>>;
  cut(): void;
}

/** A server that says what the test tells it to, over a real socket. */
export interface ScriptedServer {
  url: string;
  peers: Peer[];
  /** The next connection that has not been taken yet. */
  next(ms?: number): Promise<Peer>;
  /** Answers HTTP requests; by default 404. */
  http: (request: { method: string; path: string; body: string; token: string | undefined }) => [number, unknown];
  /** How often each HTTP path was asked. */
  requests: string[];
  close(): Promise<void>;
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const http: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const path = request.url ?? '';
      server.requests.push(`${request.method} ${path}`);
      const token = request.headers.authorization?.replace('Bearer ', '');
      const [status, answer] = server.http({ method: request.method ?? '', path, body, token });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  const sockets = new WebSocketServer({ server: http, path: '/api/v1/messages/ws' });
  const untaken: Peer[] = [];
  sockets.on('connection', (socket) => {
    const peer = createPeer(socket);
    server.peers.push(peer);
    untaken.push(peer);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    peers: [],
    next: (ms) => until(() => untaken.shift(), ms),
    http: () => [404, { code: 'NOT_FOUND', error: 'There is nothing here.' }],
    requests: [],
    async close() {
      for (const { socket } of server.peers) socket.terminate();
      await new Promise((resolve) => sockets.close(resolve));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function createPeer(socket: WebSocket): Peer {
  const untaken: ClientFrame[] = [];
  const peer: Peer = {
    socket,
    received: [],
    say(...frames) {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    },
    take: <T extends ClientFrame['type']>(type: T, ms?: number) =>
      until(() => {
        const at = untaken.findIndex((frame) => frame.type === type);
        return at < 0 ? undefined : (untaken.splice(at, 1)[0] as Frame<T>);
      }, ms),
    welcome(overrides) {
      peer.say({
        type: 'welcome',
        connection_id: 'c',
        user_id: me,
        epoch: 'e1',
        server_time: now,
        ping_ms: 25_000,
        token_expires_at: null,
        ...overrides,
      });
    },
    async greet(...frames) {
      const hello = await peer.take('hello');
      peer.welcome();
      peer.say(...frames, { type: 'ready' });
      return hello;
    },
    cut: () => socket.terminate(),
  };
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as ClientFrame;
    peer.received.push(frame);
    // The profile is asked for after every first `ready`; answered here so that tests need not mind.
    if (frame.type === 'rpc' && frame.method === 'users.me') {
      peer.say({ type: 'ok', ref: frame.ref, result: user(me) });
    } else untaken.push(frame);
  });
  socket.on('error', () => {});
  return peer;
}

/** Waits for a condition by looking often. */
export async function until<T>(look: () => T | undefined | false | null, ms = 3_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Nothing within ${ms} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const me = 1;
export const other = 2;
const now = '2026-01-01T00:00:00.000Z';

export function user(id: Id) {
  return { id, username: `user_${id}`, first_name: `User ${id}`, last_name: null } as unknown as Member;
}

export function member(user_id: Id, overrides: Partial<Member> = {}): Member {
  const marks = { joined_seq: 0, read_seq: 0, delivered_seq: 0, rev: 1, left_at: null, is_active: true };
  return { ...user(user_id), user_id, role: 'member', nickname: null, joined_at: now, ...marks, ...overrides };
}

export function message(seq: number, overrides: Partial<Message> = {}): Message {
  return {
    id: 1_000 + seq,
    chat_id: 7,
    seq,
    rev: seq + 1,
    sender_id: other,
    client_id: `c${seq}`,
    content: `m${seq}`,
    message_type: 'text',
    sent_at: new Date(Date.parse(now) + seq * 1_000).toISOString(),
    status: 'sent',
    reply_to_id: null,
    is_pinned: false,
    is_edited: false,
    edited_at: null,
    is_deleted: false,
    ...overrides,
  };
}

export function chat(overrides: Partial<Chat> = {}): Chat {
  return {
    id: 7,
    chat_type: 'private',
    chat_name: 'User 2',
    avatar_url: null,
    owner_id: null,
    participants: [member(me), member(other)],
    rev: 1,
    last_seq: 0,
    last_message: null,
    unread_count: 0,
    unread_capped: false,
    read_seq: 0,
    delivered_seq: 0,
    cleared_seq: 0,
    muted_until: null,
    created_at: now,
    updated_at: now,
    ...overrides,
  };
}

/** The newest page of a chat whose revision is that of its last message. */
export function snapshot(messages: Message[], overrides: Partial<Chat> = {}): Changes & { type: 'changes' } {
  const last = messages.at(-1) ?? null;
  const rev = last?.rev ?? 1;
  const its = chat({ rev, last_seq: last?.seq ?? 0, last_message: last, ...overrides });
  return {
    type: 'changes',
    chat_id: its.id,
    from: 0,
    to: its.rev,
    chat: its,
    members: its.participants,
    messages,
    snapshot: true,
    more: false,
  };
}

export function changes(from: number, to: number, overrides: Partial<Changes> = {}): Changes & { type: 'changes' } {
  return {
    type: 'changes',
    chat_id: 7,
    from,
    to,
    members: [],
    messages: [],
    snapshot: false,
    more: false,
    ...overrides,
  };
}

export const live = (row: Message): ServerFrame => ({ type: 'new_message', ...row });

/** The answer to a `send`. */
export function ok(frame: Frame<'send'>, seq: number, rev = seq + 1): ServerFrame {
  const result = { id: 1_000 + seq, chat_id: frame.chat_id, seq, rev, sent_at: now, duplicate: false };
  return { type: 'ok', ref: frame.ref as number, result };
}

/** The echo of a `send`. */
export function echo(frame: Frame<'send'>, seq: number, rev = seq + 1): ServerFrame {
  const { chat_id, client_id, content } = frame;
  return live(message(seq, { chat_id, rev, content, client_id: client_id as string, sender_id: me }));
}
