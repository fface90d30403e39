import { randomUUID } from 'node:crypto';
import { isMessengerError, MessengerError } from '@dialect/core';
import { protocolLimits } from '@dialect/protocol';
import { catchUp, followChats, type Known } from './catch-up.js';
import type { Connection } from './connection.js';
import { type Command, type Greeting, inTurn, type Session } from './session.js';

/** However many chats a client knows, it is not more than this. */
const max_heads = 100_000;

export const hello: Command = async (session, { fields }) => {
  if (session.greeting !== 'expected') throw new MessengerError('MALFORMED_FRAME', { message: 'hello comes once.' });
  if (fields.v !== 1) {
    session.connection.close('unsupported_version');
    return;
  }
  const token = typeof fields.token === 'string' ? fields.token : undefined;
  const greeting: Greeting = {
    identified: Promise.resolve(false),
    epoch: typeof fields.epoch === 'string' ? fields.epoch : undefined,
    heads: fields.heads === undefined ? null : new Map(readHeads(fields.heads)),
  };
  // Before anything is waited for: the heads may follow at once.
  session.greeting = greeting;
  greeting.identified = signIn(session, token);
  if (!(await greeting.identified)) return;
  if (!greeting.heads || fields.more_heads !== true) await begin(session, greeting);
};

/** More heads than fit the `hello`. Kept only for somebody who is signed in. */
export const heads: Command = async (session, { fields }) => {
  const { greeting } = session;
  if (typeof greeting === 'string' || !greeting.heads) {
    throw new MessengerError('MALFORMED_FRAME', { message: 'heads come after a hello that has more_heads.' });
  }
  const entries = [...readHeads(fields.heads)];
  if (!(await greeting.identified)) return;
  for (const [chat_id, rev] of entries) greeting.heads.set(chat_id, rev);
  if (greeting.heads.size > max_heads) throw new MessengerError('MALFORMED_FRAME', { field: 'heads' });
  if (fields.more !== true) await begin(session, greeting);
};

/** False: nobody we know, or gone meanwhile; the connection is closed. */
async function signIn({ connection, messenger, request }: Session, token: string | undefined): Promise<boolean> {
  const asked = { ...(request ?? { headers: new Headers(), url: '' }), ...(token !== undefined && { token }) };
  try {
    const identified = await messenger.identify(asked);
    if (connection.is_closed) return false;
    if (!identified) throw new MessengerError('UNAUTHORIZED');
    connection.adopt(identified);
    messenger.presence.connected(connection.user_id);
    return true;
  } catch (error) {
    letGo(connection, error);
    return false;
  }
}

async function begin(session: Session, known: Greeting): Promise<void> {
  session.greeting = 'done';
  session.request = null;
  try {
    // In turn with the questions: one that comes early waits, and its page is not held beside the catch-up's.
    await inTurn(session, () => welcome(session, known));
  } catch (error) {
    letGo(session.connection, error);
  }
}

/** A client that cannot be greeted would wait for ever for a `ready`. */
function letGo(connection: Connection, cause: unknown): void {
  const error = isMessengerError(cause) ? cause : new MessengerError('INTERNAL');
  connection.error(undefined, error);
  connection.close(error.code === 'UNAUTHORIZED' ? 'unauthorized' : 'internal');
}

async function welcome({ connection, messenger, hub }: Session, known: Known): Promise<void> {
  // Held from before it follows its chats: what happens from here on comes after the catch-up.
  connection.held = [];
  const { epoch } = await followChats(connection, hub, messenger);
  connection.send({
    type: 'welcome',
    connection_id: randomUUID(),
    user_id: connection.user_id,
    epoch,
    server_time: new Date().toISOString(),
    ping_ms: protocolLimits.ping_ms,
    token_expires_at: connection.expires_at === null ? null : new Date(connection.expires_at).toISOString(),
  });
  await catchUp(connection, messenger, known);
  if (!(await connection.outflow.room())) return;
  connection.send({ type: 'ready' });
  connection.release();
}

function* readHeads(value: unknown): Generator<[number, number]> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length > protocolLimits.heads_per_frame) throw new MessengerError('MALFORMED_FRAME', { field: 'heads' });
  for (const [chat_id, rev] of entries) {
    if (!Number.isSafeInteger(Number(chat_id)) || !Number.isSafeInteger(rev) || rev < 0) {
      throw new MessengerError('MALFORMED_FRAME', { field: `heads.${chat_id}` });
    }
    yield [Number(chat_id), rev];
  }
}
