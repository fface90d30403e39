import type { Event } from '@dialect/protocol';
import type { Caller } from '../context.js';
import { createMessenger, type Messenger } from '../messenger.js';
import type { MessengerOptions } from '../options.js';
import type { Logger, PasswordHasher } from '../ports/index.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';

export interface TestMessengerOptions<Connection = unknown>
  extends Omit<MessengerOptions<Connection>, 'clock' | 'logger'> {
  /** @default one that stands still at the start of 2026 */
  clock?: FakeClock;
  logger?: Logger;
}

export interface LogLine {
  level: keyof Logger;
  message: string;
  fields: Record<string, unknown>;
}

export interface TestMessenger<Connection = unknown> extends Messenger<Connection> {
  clock: FakeClock;
  /** Everything published so far, in order. */
  events: Event[];
  /** Everything logged so far, unless a logger was given. */
  lines: LogLine[];
  /** A new user, as a host brings them. */
  person(name: string): Promise<Caller>;
}

/**
 * A started messenger with a clock in your hand and its events and log lines in lists. The storage is the caller's
 * choice; `sqlite(':memory:')` of `@dialect/adapter-sqlite` is the fast one. Close it after the test.
 */
export async function createTestMessenger<Connection>(
  options: TestMessengerOptions<Connection>,
): Promise<TestMessenger<Connection>> {
  const { clock = createFakeClock(), storage } = options;
  const events: Event[] = [];
  const lines: LogLine[] = [];
  const keep =
    (level: keyof Logger) =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      lines.push({ level, message, fields });
    };
  const logger = options.logger ?? { info: keep('info'), warn: keep('warn'), error: keep('error') };
  const messenger = createMessenger({ marks_delay_ms: 0, ...options, clock, logger });
  await messenger.start();
  messenger.subscribe((event) => events.push(event));
  return Object.assign(messenger, {
    clock,
    events,
    lines,
    async person(name: string): Promise<Caller> {
      const user = await storage.users.upsert({ external_id: name, first_name: name, at: clock.now() });
      return { user_id: user.id };
    },
  });
}

/**
 * Passwords in no time, for tests that are not about them: the hash is the password itself, turned around. `verified`
 * are the hashes that passwords were compared with; null for an account that does not exist.
 */
export function createFakePasswordHasher(): PasswordHasher & { verified: (string | null)[] } {
  const hash = (password: string): string => `fake:${[...password].reverse().join('')}`;
  const verified: (string | null)[] = [];
  return {
    verified,
    hash: async (password) => hash(password),
    async verify(stored, password) {
      verified.push(stored);
      return stored === hash(password);
    },
  };
}
