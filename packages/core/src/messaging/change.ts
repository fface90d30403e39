import type { ErrorCode, Message } from '@dialect/protocol';
import type { Context, Written } from '../context.js';
import { statusOf } from '../domain/receipts.js';
import { isMessengerError } from '../errors.js';
import { messageChanged } from '../message-events.js';
import type { OperationOf } from '../ports/index.js';
import { writtenAs } from '../write-result.js';
import { notFound } from './visible.js';

/** Which event tells of which change. */
const eventTypes = {
  edit_message: 'message_edited',
  delete_message: 'message_deleted',
  pin_message: 'message_pinned',
  react: 'message_reacted',
} as const;

/** Refusals that say no more than that the caller sees no such message. */
const hiding: ReadonlySet<ErrorCode> = new Set(['NOT_A_MEMBER', 'MESSAGE_NOT_FOUND']);

type Given<O> = O extends unknown ? Omit<O, 'chat_id' | 'actor_id' | 'at'> : never;

/**
 * Changes a message for everyone. Where it is so already, nobody is told again.
 * @throws MESSAGE_NOT_FOUND also for a message of somebody else's chat: nobody learns which ids are taken
 */
export async function changeMessage(
  change: Given<OperationOf<keyof typeof eventTypes>>,
  context: Context,
): Promise<Message> {
  const { storage, caller, clock } = context;
  const chat_id = await storage.messages.locate(change.message_id);
  if (chat_id === null) throw notFound();
  const toEvent = (written: Written) =>
    messageChanged(eventTypes[change.kind], writtenAs('message', written).message, caller.user_id);
  const operation = { ...change, chat_id, actor_id: caller.user_id, at: clock.now() };
  const { written, event } = await context.write(operation, toEvent).catch((error: unknown) => {
    throw isMessengerError(error) && hiding.has(error.code) ? notFound() : error;
  });
  const { message } = event ?? toEvent(written);
  const standings = await storage.members.standings(chat_id);
  return { ...message, status: statusOf(writtenAs('message', written).message, standings) };
}
