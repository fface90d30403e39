import { hideProfile } from '@dialect/core';
import type { Event, Ref, ServerFrame } from '@dialect/protocol';
import { textFrame } from './text-frame.js';

export type Mode = 'native' | 'plain';

/** The events that sockets hear of. */
export type FrameEvent = Exclude<Event, { type: 'node_presence' }>;

/** What only plain clients (the seeds' own) are sent; everything else reads alike for both, with our fields on top. */
interface TypingIndicator {
  type: 'typing_indicator';
  chat_id: number;
  user_id: number;
  is_typing: boolean;
}

/** The event's bytes for each kind of socket, made when first asked for and then shared. Null: not for these clients. */
export function createEncoding(event: FrameEvent): (mode: Mode) => Buffer | null {
  let native: Buffer | undefined;
  let plain: Buffer | null | undefined;
  const asFrame = (): Buffer => {
    native ??= encode(nativeFrame(event));
    return native;
  };
  // Native clients know that who wrote a message has read what stands before it.
  const asNative = (): Buffer | null => ('is_implied' in event && event.is_implied ? null : asFrame());
  const asPlain = (): Buffer | null => {
    if (event.type === 'typing') return encode({ ...onWire(event), type: 'typing_indicator' });
    // The seeds know no such events: their clients read the list of chats again.
    if (event.type === 'chat_created' || event.type === 'member_changed') return null;
    return asFrame();
  };
  return (mode) => {
    if (mode === 'native') return asNative();
    if (plain === undefined) plain = asPlain();
    return plain;
  };
}

/** For those from whom a block hides it: a change of membership without the profile, and of everything else nothing. */
export function createHiddenEncoding(event: FrameEvent): (mode: Mode) => Buffer | null {
  if (event.type !== 'member_changed') return () => null;
  return createEncoding({ ...event, member: hideProfile(event.member) });
}

/** It holds nothing of the recipient, so that one encoding serves all of them. */
function nativeFrame(event: FrameEvent): ServerFrame {
  if (event.type === 'message_created') return { type: 'new_message', ...event.message };
  if (event.type === 'chat_created') return event;
  if (event.type !== 'user_status') return onWire(event);
  const { to: _, ...status } = event;
  return status;
}

type OnWire<E> = E extends unknown ? Omit<E, 'hidden_from'> : never;

/** Who has blocked whom is nobody else's business. */
function onWire<E extends { hidden_from?: unknown }>({ hidden_from: _, ...frame }: E): OnWire<E> {
  // The same without that one field, for each member of the union.
  return frame as OnWire<E>;
}

export function encode(frame: ServerFrame | TypingIndicator): Buffer {
  return textFrame(JSON.stringify(frame));
}

const texts = new WeakMap<object, string>();

/** An answer. A frozen result is one that many are given: its text is made once, and lives as long as the result. */
export function encodeAnswer(ref: Ref, result: unknown): Buffer {
  return textFrame(`{"type":"ok","ref":${JSON.stringify(ref)},"result":${textOf(result)}}`);
}

function textOf(result: unknown): string {
  if (typeof result !== 'object' || result === null || !Object.isFrozen(result)) return JSON.stringify(result ?? null);
  let text = texts.get(result);
  if (text === undefined) {
    text = JSON.stringify(result);
    texts.set(result, text);
  }
  return text;
}
