import { type Messenger, MessengerError } from '@dialect/core';
import type { Hono } from 'hono';
import { within } from './within.js';

const patience_ms = 3_000;

/** `/health/live`: the process answers. `/health/ready`: it can serve, so send it work. */
export function mountHealth(app: Hono, messenger: Messenger): void {
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', async (c) => {
    try {
      // A storage that hangs is as good as none.
      await within(patience_ms, messenger.ping());
    } catch (cause) {
      throw new MessengerError('BUSY', { message: 'The database cannot be reached.', cause });
    }
    return c.json({ status: 'ready' });
  });
}
