import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { IdentifyRequest } from '@dialect/core';

export interface UpgradeRequest extends IdentifyRequest {
  path: string;
  /** The subprotocols that the client offers. */
  protocols: ReadonlySet<string>;
}

/** What we need of an upgrade request, without holding on to the request itself. Null: its target is no URL. */
export function toRequest({ url = '/', headers }: IncomingMessage): UpgradeRequest | null {
  // `//` is a request target that Node's parser lets through, and no URL.
  if (!URL.canParse(url, 'http://localhost')) return null;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const token = searchParams.get('token') ?? /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const offered = headers['sec-websocket-protocol'] ?? '';
  return {
    path: pathname,
    protocols: new Set(offered.split(',').map((protocol) => protocol.trim())),
    ...(token !== undefined && { token }),
    headers: { get: (name) => [headers[name.toLowerCase()]].flat()[0] ?? null },
    url,
  };
}

/** Answers an upgrade with an HTTP status instead. */
export function refuse(socket: Socket, status: number): void {
  // An HTTP server's sockets may stay half open: ours would wait for a client that never closes.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
