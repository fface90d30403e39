import { hideProfile } from '@dialect/core';
import type { Event, Ref, ServerFrame } from '@dialect/protocol';
import { type PlainFrame, plainFrame } from './plain-frame.js';
import { textFrame } from './text-frame.js';

export type Mode = 'native' | 'plain';

/** The event's bytes for each kind of socket, made when first asked for and then shared. Null: not for these clients. */
export function createEncoding(event: Event): (mode: Mode) => Buffer | null {
  let native: Buffer | undefined;
  let plain: Buffer | null | undefined;
  const asFrame = (): Buffer => {
    native ??= encode(nativeFrame(event));
    return native;
  };
  // Native clients know that who wrote a message has read what stands before it.
  const asNative = (): Buffer | null => ('is_implied' in event && event.is_implied ? null : asFrame());
  const asPlain = (): Buffer | null => {
    const frame = plainFrame(event);
    if (frame === 'as native') return asFrame();
    return frame && encode(frame);
  };
  return (mode) => {
    if (mode === 'native') return asNative();
    if (plain === undefined) plain = asPlain();
    return plain;
  };
}

/** For those from whom a block hides it: a change of membership without the profile, and of everything else nothing. */
export function createHiddenEncoding(event: Event): (mode: Mode) => Buffer | null {
  if (event.type !== 'member_changed') return () => null;
  return createEncoding({ ...event, member: hideProfile(event.member) });
}

/** It holds nothing of the recipient, so that one encoding serves all of them. */
function nativeFrame(event: Event): ServerFrame {
  if (event.type === 'message_created') return { type: 'new_message', ...event.message };
  // Most have neither, and are not copied.
  if (!('hidden_from' in event || 'to' in event)) return event;
  // Who has blocked whom, and who talks to whom, is nobody else's business.
  const { hidden_from: _, to: __, ...frame } = event as Event & { hidden_from?: unknown; to?: unknown };
  return frame as ServerFrame;
}

export function encode(frame: ServerFrame | PlainFrame): Buffer {
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
