import { type Messenger, MessengerError } from '@dialect/core';
import type { Hono } from 'hono';

const patience_ms = 3_000;

/** `/health/live`: the process answers. `/health/ready`: it can serve, so send it work. */
export function mountHealth(app: Hono, messenger: Messenger): void {
  app.get('/health/live', (c) => c.json({ status: 'live' }));
  app.get('/health/ready', async (c) => {
    try {
      await within(patience_ms, messenger.ping());
    } catch (cause) {
      throw new MessengerError('BUSY', { message: 'The database cannot be reached.', cause });
    }
    return c.json({ status: 'ready' });
  });
}

/** A storage that hangs is as good as none. */
async function within(limit_ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limit_ms} ms.`)), limit_ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
