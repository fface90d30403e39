import { socketPath } from '@dialect/protocol';
import type { Backoff } from './backoff.js';

/** The part of the WebSocket interface that the client uses: the browser's class and that of `ws` both have it. */
export interface SocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** `ws` has it: ends a connection without waiting for the other side. */
  terminate?(): void;
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

export interface ClientOptions {
  /** Where the server is, such as `https://chat.example.com`. A path in it is kept, for servers behind a prefix. */
  url: string;
  /**
   * The access token, or where to get one: asked before the first connection, again when the token is about to expire
   * and when the server has refused it. `null` says that there is nobody signed in. Leave it out to use `auth.login`.
   */
  token?: string | (() => Promise<string | null>);
  /** The class to connect with. @default globalThis.WebSocket; on Node before 22 give the one of the `ws` package */
  WebSocket?: SocketClass;
  /** @default globalThis.fetch */
  fetch?: typeof fetch;
  /** How long to wait before connecting again: a random part of `min_ms`, doubled with every failure up to `max_ms`. */
  reconnect?: Partial<Backoff>;
  /** Milliseconds until a request without an answer counts as failed. @default 15_000 */
  request_timeout_ms?: number;
}

export interface ResolvedOptions {
  http_url: string;
  socket_url: string;
  token: ClientOptions['token'];
  socketClass(): SocketClass | undefined;
  fetch: typeof fetch;
  reconnect: Backoff;
  request_timeout_ms: number;
}

export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const base = options.url.replace(/\/+$/, '').replace(/^ws/, 'http');
  return {
    http_url: base,
    socket_url: base.replace(/^http/, 'ws') + socketPath,
    token: options.token,
    socketClass: () => options.WebSocket ?? (globalThis as { WebSocket?: SocketClass }).WebSocket,
    // Bound late: a test or a service worker may replace it, and browsers insist on `this` being the global object.
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    reconnect: { min_ms: 500, max_ms: 20_000, ...options.reconnect },
    request_timeout_ms: options.request_timeout_ms ?? 15_000,
  };
}
