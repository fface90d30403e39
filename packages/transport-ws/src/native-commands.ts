import { MessengerError } from '@dialect/core';
import type { Input, MethodName, Ref } from '@dialect/protocol';
import { deleteMessage, edit, pin, ping, read, send, typing } from './commands.js';
import { encodeAnswer } from './encode.js';
import { heads, hello } from './greeting.js';
import { type Command, inTurn, type Session } from './session.js';

const max_marks = 1_000;

const rpc: Command = (session, { fields, ref }) => {
  const { method, params } = fields;
  if (typeof method !== 'string') {
    throw new MessengerError('INVALID_INPUT', { field: 'method', message: 'method: is required' });
  }
  return answer(session, ref, method as MethodName, params ?? {});
};

// With all that has a number, for native clients know by the numbers whether they have everything.
const history: Command = (session, { fields, ref }) =>
  answer(session, ref, 'messages.history', { with_system: true, ...fields });

function answer(session: Session, ref: Ref | undefined, method: MethodName, params: unknown): Promise<void> {
  const { connection, messenger } = session;
  return inTurn(session, async () => {
    // Untrusted: the use case validates it.
    const result = await messenger.call(method, params as Input<MethodName>, connection.caller);
    if (ref !== undefined) connection.sendEncodedPage(encodeAnswer(ref, result));
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
  // All of them, before the command counts as done: or one bad mark would hide how many are still under way.
  const outcomes = await Promise.allSettled(
    marks.map((mark) => {
      const [chat_id, seq] = Array.isArray(mark) ? mark : [];
      return messenger.messages.markDelivered(connection.caller, { chat_id, seq });
    }),
  );
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refused) throw refused.reason;
  connection.ok(ref, null);
};

/** A fresh token on the live socket, for the same user: no reconnect, no gap. */
const auth: Command = async ({ connection, messenger }, { fields, ref }) => {
  const token = typeof fields.token === 'string' ? fields.token : '';
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
  edit,
  delete: deleteMessage,
  pin,
  read,
  recv,
  typing,
  sync,
  history,
  auth,
  ping,
};
