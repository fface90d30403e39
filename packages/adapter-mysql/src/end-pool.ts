import { Socket } from 'node:net';
import type { Pool, PoolConnection } from 'mysql2';

/** Ends a pool of our own. The driver waits for the server to hang up, and one that does not would keep the process. */
export function createEnding(pool: Pool): () => Promise<void> {
  const sockets = new Set<Socket>();
  pool.on('connection', (connection: PoolConnection) => {
    if (!('stream' in connection && connection.stream instanceof Socket)) return;
    const socket = connection.stream;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async () => {
    await new Promise<void>((resolve) => pool.end(() => resolve()));
    for (const socket of sockets) socket.destroySoon();
  };
}
