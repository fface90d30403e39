import type { Messenger } from '@dialect/core';
import type { HttpServer } from './http-server.js';

/** Together below the 10 seconds that most supervisors wait before they kill. */
const connections_ms = 7_500;
const storage_ms = 1_500;

/**
 * Ends a server without losing anything: no new connections; sockets finish and hear `bye`, requests are answered; then
 * what waits to be written is written. Who takes longer than that is cut off: their clients retry.
 */
export async function drain(
  { server, closeUnused }: HttpServer,
  transport: { close(): Promise<void> },
  messenger: Messenger,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Again and again: what becomes idle from now on would be kept for its keep-alive time.
  const idle = setInterval(closeUnused, 50);
  const transport_closed = transport.close().catch((error: unknown) => {
    messenger.logger.error('The sockets were not closed cleanly.', { error: String(error) });
  });
  const is_closed = await within(connections_ms, Promise.all([closed, transport_closed]));
  clearInterval(idle);
  if (!is_closed) server.closeAllConnections();
  if (!(await within(storage_ms, messenger.close()))) throw new Error('The storage did not close in time.');
}

/** Whether the work was done in time. */
async function within(limit_ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limit_ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
