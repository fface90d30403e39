import { Duplex } from 'node:stream';
import type { PoolConnection } from 'mysql2';

/**
 * Takes a connection out of its pool and closes it at once. `destroy` of the driver alone only says goodbye: a server
 * that hangs never answers that, and the socket would keep the process. Whatever else waits on it fails with the error.
 */
export function drop(own: PoolConnection, error: unknown): void {
  // A host's pool hears the first error only, and one that nobody hears ends the process.
  own.on('error', () => undefined);
  own.destroy();
  if ('stream' in own && own.stream instanceof Duplex) {
    own.stream.destroy(new Error('The connection to the database was given up.', { cause: error }));
  }
}
