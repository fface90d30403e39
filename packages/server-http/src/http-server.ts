import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { NodeHandler } from './node-handler.js';
import { securityHeaders } from './security-headers.js';
import { StartupError } from './startup-error.js';

/** Long enough for a slow phone to send what it may; short enough that held-open requests do not pile up. */
const timeouts = {
  headersTimeout: 15_000,
  // An upload of 50 MB at 0.7 Mbit/s; other bodies are given a minute where they are read.
  requestTimeout: 600_000,
  connectionsCheckingInterval: 5_000,
  // Longer than the idle time of common proxies (60 s), so that it is they who close: the other way round a proxy may
  // send a request into a connection that we are closing.
  keepAliveTimeout: 65_000,
};

export interface HttpServer {
  server: Server;
  /** Closes connections on which nothing is under way. */
  closeUnused(): void;
}

export function createHttpServer(handler: NodeHandler): HttpServer {
  const server = createServer(timeouts, handler);
  // What Node could not read as HTTP never reaches the handler.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy();
    const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
    const headers = { ...securityHeaders, Connection: 'close', 'Content-Length': '0' };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, () => socket.destroy());
  });

  const sockets = new Set<Socket>();
  // One function for all of them: an idle WebSocket keeps it for as long as it lives.
  function forget(this: Socket): void {
    sockets.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', forget);
  });
  function closeUnused(): void {
    server.closeIdleConnections();
    // Browsers open connections ahead of need, and one that has sent nothing yet is not idle in Node's eyes.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  }
  return { server, closeUnused };
}

/** @throws StartupError when the address cannot be had */
export async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
    server.listen({ port, host }, resolve);
  });
  return server.address() as AddressInfo;
}

/** @throws StartupError when the address cannot be had now */
export async function tryAddress(port: number, host: string): Promise<void> {
  const server = createServer();
  await listen(server, port, host);
  await new Promise((resolve) => server.close(resolve));
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartupError(`PORT: ${port} on ${host} is already in use.`);
    case 'EACCES':
      return new StartupError(`PORT: this user may not listen on ${port}.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartupError(`HOST: ${host} is no address of this machine.`);
    default:
      return error;
  }
}
