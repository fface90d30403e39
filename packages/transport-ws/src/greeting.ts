import { randomUUID } from 'node:crypto';
import { isMessengerError, MessengerError } from '@dialect/core';
import { protocolLimits } from '@dialect/protocol';
import { catchUp, followChats } from './catch-up.js';
import type { Command, Greeting, Session } from './session.js';

/** However many chats a client knows, it is not more than this. */
const max_heads = 100_000;

export const hello: Command = async (session, { fields }) => {
  if (session.greeting !== 'expected') throw new MessengerError('MALFORMED_FRAME', { message: 'hello comes once.' });
  if (fields.v !== 1) {
    session.connection.close('unsupported_version');
    return;
  }
  const greeting: Greeting = {
    token: typeof fields.token === 'string' ? fields.token : undefined,
    epoch: typeof fields.epoch === 'string' ? fields.epoch : undefined,
    heads: fields.heads === undefined ? null : new Map(readHeads(fields.heads)),
  };
  // Before anything is waited for: the heads may follow at once.
  session.greeting = greeting;
  if (!greeting.heads || fields.more_heads !== true) await signIn(session, greeting);
};

/** More heads than fit the `hello`. */
export const heads: Command = async (session, { fields }) => {
  const { greeting } = session;
  if (typeof greeting === 'string' || !greeting.heads) {
    throw new MessengerError('MALFORMED_FRAME', { message: 'heads come after a hello that has more_heads.' });
  }
  for (const [chat_id, rev] of readHeads(fields.heads)) greeting.heads.set(chat_id, rev);
  if (greeting.heads.size > max_heads) throw new MessengerError('MALFORMED_FRAME', { field: 'heads' });
  if (fields.more !== true) await signIn(session, greeting);
};

/** A client that cannot be greeted is let go: it would wait for a `ready` that never comes. */
async function signIn(session: Session, greeting: Greeting): Promise<void> {
  const { connection } = session;
  try {
    await welcome(session, greeting);
  } catch (error) {
    connection.error(undefined, isMessengerError(error) ? error : new MessengerError('INTERNAL'));
    connection.close('internal');
  }
}

async function welcome(session: Session, { token, ...known }: Greeting): Promise<void> {
  const { connection, messenger, hub } = session;
  const request = session.request ?? { headers: new Headers(), url: '' };
  session.greeting = 'done';
  session.request = null;
  const identified = await messenger.identify({ ...request, ...(token !== undefined && { token }) });
  if (connection.is_closed) return;
  if (!identified) {
    connection.error(undefined, new MessengerError('UNAUTHORIZED'));
    connection.close('unauthorized');
    return;
  }
  connection.adopt(identified);
  messenger.presence.connected(connection.user_id);
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
