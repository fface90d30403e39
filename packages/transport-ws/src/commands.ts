import type { Messenger, MessengerError } from '@dialect/core';
import type { Input, MethodName, Output } from '@dialect/protocol';
import type { Command } from './session.js';
import { TypingRepeats } from './typing-repeats.js';

/** Frames that both kinds of clients send. The fields go to the use case as they came: it validates them. */

type Untrusted<N extends MethodName> = Input<N>;

const callFor =
  <N extends MethodName>(name: N) =>
  (messenger: Messenger, fields: unknown, caller: Parameters<Messenger['call']>[2]): Promise<Output<N>> =>
    messenger.call(name, fields as Untrusted<N>, caller);

const callSend = callFor('messages.send');
const callRead = callFor('messages.markRead');
const callTyping = callFor('messages.typing');

export const send: Command = async ({ connection, messenger }, { fields, ref }) => {
  const { id, chat_id, seq, rev, sent_at, duplicate } = await callSend(messenger, fields, connection.caller);
  connection.ok(ref, { id, chat_id, seq, rev, sent_at, duplicate });
};

export const read: Command = async ({ connection, messenger }, { fields, ref }) => {
  connection.ok(ref, await callRead(messenger, fields, connection.caller));
};

/** A change of a message, by the id of the message alone, as the seeds' clients send it. */
const change =
  (name: 'messages.edit' | 'messages.delete' | 'messages.pin'): Command =>
  async ({ connection, messenger }, { fields, ref }) => {
    connection.ok(ref, await callFor(name)(messenger, fields, connection.caller));
  };

export const edit = change('messages.edit');
export const deleteMessage = change('messages.delete');
export const pin = change('messages.pin');

export const typing: Command = async ({ connection, messenger }, { fields, ref }) => {
  const { chat_id, is_typing } = fields;
  connection.typing ??= new TypingRepeats();
  try {
    await connection.typing.say(chat_id, is_typing, () => callTyping(messenger, fields, connection.caller));
  } catch (error) {
    // Too much typing is not worth an answer.
    if ((error as MessengerError).code !== 'TOO_MANY_REQUESTS') throw error;
  }
  connection.ok(ref, null);
};

export const ping: Command = ({ connection }) => connection.send({ type: 'pong' });
