import { randomUUID } from 'node:crypto';
import { MessengerError } from '@dialect/core';
import { type Input, type MethodName, protocolLimits, type Ref } from '@dialect/protocol';
import { catchUp, followChats, type Known } from './catch-up.js';
import { ping, read, send, typing } from './commands.js';
import { encodeAnswer } from './encode.js';
import { type Command, type Greeting, inTurn, type Session } from './session.js';

/** However many chats a client knows, it is not more than this. */
const max_heads = 100_000;
const max_marks = 1_000;

const hello: Command = async (session, { fields }) => {
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
const heads: Command = async (session, { fields }) => {
  const { greeting } = session;
  if (typeof greeting === 'string' || !greeting.heads) {
    throw new MessengerError('MALFORMED_FRAME', { message: 'heads come after a hello that has more_heads.' });
  }
  for (const [chat_id, rev] of readHeads(fields.heads)) greeting.heads.set(chat_id, rev);
  if (greeting.heads.size > max_heads) throw new MessengerError('MALFORMED_FRAME', { field: 'heads' });
  if (fields.more !== true) await signIn(session, greeting);
};

async function signIn(session: Session, { token, ...known }: Greeting): Promise<void> {
  const { connection, messenger } = session;
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
  await welcome(session, known);
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

const rpc: Command = (session, { fields, ref }) => {
  const { method, params } = fields;
  if (typeof method !== 'string') {
    throw new MessengerError('INVALID_INPUT', { field: 'method', message: 'method: is required' });
  }
  return answer(session, ref, method as MethodName, params ?? {});
};

const history: Command = (session, { fields, ref }) => answer(session, ref, 'messages.history', fields);

function answer(session: Session, ref: Ref | undefined, method: MethodName, params: unknown): Promise<void> {
  const { connection, messenger } = session;
  return inTurn(session, async () => {
    // Untrusted: the use case validates it.
    const result = await messenger.call(method, params as Input<MethodName>, connection.caller);
    if (ref !== undefined) connection.outflow.sendPage(encodeAnswer(ref, result));
  });
}

const sync: Command = (session, { fields, ref }) =>
  inTurn(session, async () => {
    const { connection, messenger } = session;
    const changes = await messenger.call('sync.changes', fields as Input<'sync.changes'>, connection.caller);
    connection.sendPage({ type: 'changes', ...(ref !== undefined && { ref }), ...changes });
  });

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
