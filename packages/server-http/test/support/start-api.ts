import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlite } from '@dialect/adapter-sqlite';
import type { MessengerOptions, Storage } from '@dialect/core';
import { createFakePasswordHasher, createTestMessenger, type TestMessenger } from '@dialect/core/testing';
import { createNodeHandler, type NodeHandlerOptions } from '@dialect/server-http';
import { onTestFinished } from 'vitest';
import { mustBeDocumented } from './documented.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are what the tests look into, field by field
  body: any;
}

export interface Person {
  id: number;
  token: string;
  phone: string;
  get(path: string): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
}

export interface Remote {
  url: string;
  /** Below the API's root; anything else with `url` itself. */
  request(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  signIn(username: string, password: string): Promise<Answer>;
  as(token: string): Pick<Person, 'get' | 'delete' | 'post'>;
  /** Registers somebody and signs them in. */
  join(username: string): Promise<Person>;
}

export interface Api extends Remote {
  messenger: TestMessenger;
  storage: Storage;
}

export type StorageKind = 'memory' | 'file';
export const password = 'correct horse';

/** The API of a fresh messenger, over real HTTP on a port of its own. Gone when the test ends. */
export async function startApi(
  kind: StorageKind = 'memory',
  options: NodeHandlerOptions & Partial<Pick<MessengerOptions, 'storage' | 'blobs' | 'limits' | 'images'>> = {},
): Promise<Api> {
  const storage = options.storage ?? openStorage(kind);
  const messenger = await createTestMessenger({
    storage,
    ...(options.blobs && { blobs: options.blobs }),
    ...(options.limits && { limits: options.limits }),
    ...(options.images && { images: options.images }),
    accounts: { secret: 'a secret of the tests, and of no one else', passwords: createFakePasswordHasher() },
  });
  const server = createServer(createNodeHandler(messenger, options));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await messenger.close();
  });
  return { ...talkTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), messenger, storage };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function openStorage(kind: StorageKind): Storage {
  return sqlite(kind === 'memory' ? ':memory:' : join(temporaryFolder(), 'dialect.db'));
}

export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const is_json = text !== '' && response.headers.get('content-type') === 'application/json';
  return { status: response.status, headers: response.headers, text, body: is_json ? JSON.parse(text) : null };
}

/** The API of any server. */
export function talkTo(url: string): Remote {
  let people = 0;
  const request = async (path: string, init?: RequestInit) => {
    const answer = await ask(`${url}/api/v1${path}`, init);
    if (answer.body?.code) mustBeDocumented(path, init?.method ?? 'GET', answer.body);
    return answer;
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    request(path, {
      method: 'POST',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const signIn = (username: string, secret: string) =>
    request('/auth/token', { method: 'POST', body: new URLSearchParams({ username, password: secret }) });
  const as = (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return {
      get: (path: string) => request(path, { headers }),
      delete: (path: string) => request(path, { method: 'DELETE', headers }),
      post: (path: string, body?: unknown) => post(path, body, headers),
    };
  };
  const join = async (username: string): Promise<Person> => {
    const phone = `+7900${String(++people).padStart(7, '0')}`;
    const { body: me } = await post('/auth/register', { phone, username, password });
    const token = (await signIn(phone, password)).body.access_token;
    return { id: me.id, token, phone, ...as(token) };
  };
  return { url, request, post, signIn, as, join };
}
