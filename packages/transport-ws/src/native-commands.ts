import { randomUUID } from 'node:crypto';
import { MessengerError } from '@dialect/core';
import { type Changes, type MethodName, protocolLimits } from '@dialect/protocol';
import { catchUp, followChats, type Known } from './catch-up.js';
import { ping, read, send, typing } from './commands.js';
import type { Command, Session } from './session.js';

/** However many chats a client knows, it is not more than this. */
const max_heads = 100_000;
const max_marks = 1_000;

const hello: Command = async (session, { fields }) => {
  const { connection, messenger } = session;
  if (session.greeting !== 'expected') throw new MessengerError('MALFORMED_FRAME', { message: 'hello comes once.' });
  session.greeting = 'begun';
  if (fields.v !== 1) {
    connection.close('unsupported_version');
    return;
  }
  const token = typeof fields.token === 'string' ? fields.token : undefined;
  const request = session.request ?? { headers: new Headers(), url: '' };
  const identified = await messenger.identify({ ...request, ...(token !== undefined && { token }) });
  if (!identified) {
    connection.error(undefined, new MessengerError('UNAUTHORIZED'));
    connection.close('unauthorized');
    return;
  }
  if (connection.is_closed) return;
  session.request = null;
  connection.adopt(identified);
  messenger.presence.connected(connection.user_id);
  const known: Known = {
    epoch: typeof fields.epoch === 'string' ? fields.epoch : undefined,
    heads: fields.heads === undefined ? null : new Map(readHeads(fields.heads)),
  };
  if (known.heads && fields.more_heads === true) session.greeting = known;
  else await welcome(session, known);
};

/** More heads than fit the `hello`. */
const heads: Command = async (session, { fields }) => {
  const known = session.greeting;
  if (typeof known === 'string' || !known.heads) {
    throw new MessengerError('MALFORMED_FRAME', { message: 'heads come after a hello that has more_heads.' });
  }
  for (const [chat_id, rev] of readHeads(fields.heads)) known.heads.set(chat_id, rev);
  if (known.heads.size > max_heads) throw new MessengerError('MALFORMED_FRAME', { field: 'heads' });
  if (fields.more === true) return;
  session.greeting = 'begun';
  await welcome(session, known);
};

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

const rpc: Command = async ({ connection, messenger }, { fields, ref }) => {
  const { method, params } = fields;
  if (typeof method !== 'string')
    throw new MessengerError('INVALID_INPUT', { field: 'method', message: 'method: is required' });
  connection.ok(ref, await messenger.call(method as MethodName, (params ?? {}) as never, connection.caller));
};

const recv: Command = async ({ connection, messenger }, { fields, ref }) => {
  const { marks } = fields;
  if (!Array.isArray(marks) || marks.length > max_marks) throw new MessengerError('INVALID_INPUT', { field: 'marks' });
  await Promise.all(
    marks.map((mark) => {
      const [chat_id, seq] = Array.isArray(mark) ? mark : [];
      return messenger.messages.markDelivered(connection.caller, { chat_id, seq });
    }),
  );
  connection.ok(ref, null);
};

const sync: Command = async ({ connection, messenger }, { fields, ref }) => {
  const changes: Changes = await messenger.call('sync.changes', fields as never, connection.caller);
  connection.send({ type: 'changes', ...(ref !== undefined && { ref }), ...changes });
};

const history: Command = async ({ connection, messenger }, { fields, ref }) => {
  connection.ok(ref, await messenger.call('messages.history', fields as never, connection.caller));
};

/** A fresh token on the live socket, for the same user: no reconnect, no gap. */
const auth: Command = async ({ connection, messenger }, { fields, ref }) => {
  const token = String(fields.token ?? '');
  const identified = await messenger.identify({ token, headers: new Headers(), url: '' });
  if (identified?.caller.user_id !== connection.user_id) throw new MessengerError('UNAUTHORIZED', { field: 'token' });
  connection.adopt(identified);
  connection.ok(ref, { expires_at: identified.expires_at && new Date(identified.expires_at).toISOString() });
};

/** What may come before somebody is signed in. */
export const openCommands: ReadonlySet<string> = new Set(['hello', 'heads', 'ping']);

export const nativeCommands: Readonly<Record<string, Command>> = {
  hello,
  heads,
  send,
  new_message: send,
  rpc,
  read,
  recv,
  typing,
  sync,
  history,
  auth,
  ping,
};
