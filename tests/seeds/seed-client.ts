import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: answers are what the tests look into, field by field
type Json = any;

export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

/** One person with the seeds' own client: nothing here knows of our package, only of what their READMEs show. */
export interface SeedClient {
  id: number;
  phone: string;
  token: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  upload(path: string, file: Uint8Array | string, filename: string): Promise<Answer>;
  connect(): Promise<SeedSocket>;
}

export interface SeedSocket {
  ws: WebSocket;
  frames: Json[];
  send(frame: unknown): void;
  /** The next frame that was not looked at yet and holds these fields. */
  next(fields: Record<string, unknown>): Promise<Json>;
  /** After everything that was sent before has been answered. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export const password = 'SecurePass123!';

export function talkTo({ url, socket_url }: { url: string; socket_url: string }) {
  let people = 0;

  async function call(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
    const is_form = body instanceof URLSearchParams || body instanceof FormData;
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !is_form && { 'content-type': 'application/json' }),
    };
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: is_form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const is_json = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, headers: response.headers, body: is_json ? JSON.parse(text) : text };
  }

  async function signIn(phone: string): Promise<string> {
    const { body } = await call('POST', '/auth/token', new URLSearchParams({ username: phone, password }));
    return body.access_token;
  }

  /** Registers as README S1 shows it, and signs in. */
  async function join(username: string, more: object = {}): Promise<SeedClient> {
    const phone = `+7999${String(1_000_000 + ++people)}`;
    const { status, body } = await call('POST', '/auth/register', { phone, password, username, ...more });
    if (status !== 200) throw new Error(JSON.stringify(body));
    const token = await signIn(phone);
    return {
      id: body.id,
      phone,
      token,
      call: (method, path, given) => call(method, path, given, token),
      upload(path, file, filename) {
        const form = new FormData();
        form.append('file', new Blob([file as Uint8Array<ArrayBuffer>]), filename);
        return call('POST', path, form, token);
      },
      connect: () => openSocket(`${socket_url}?token=${token}`),
    };
  }

  return { url, call, signIn, join };
}

export async function openSocket(address: string): Promise<SeedSocket> {
  const ws = new WebSocket(address);
  const frames: Json[] = [];
  const unread: Json[] = [];
  let wake = (): void => undefined;
  ws.on('message', (data) => {
    const frame = JSON.parse(String(data));
    frames.push(frame);
    unread.push(frame);
    wake();
  });
  onTestFinished(() => ws.terminate());
  await once(ws, 'open');

  const socket: SeedSocket = {
    ws,
    frames,
    send: (frame) => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async next(fields) {
      const fits = (frame: Json) => Object.entries(fields).every(([name, value]) => frame[name] === value);
      for (;;) {
        const index = unread.findIndex(fits);
        if (index >= 0) return unread.splice(index, 1)[0];
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async settled() {
      socket.send({ type: 'ping' });
      await socket.next({ type: 'pong' });
    },
    async close() {
      ws.close();
      await once(ws, 'close');
    },
  };
  return socket;
}
