import { MessengerError } from '@dialect/core';
import type { Ref } from '@dialect/protocol';
import type { RawData } from 'ws';

/** A frame as it came: an object, and nothing else is known of it. Use cases check their own input. */
export interface Frame {
  type: string | undefined;
  ref: Ref | undefined;
  fields: Record<string, unknown>;
}

/** @throws MALFORMED_FRAME */
export function parseFrame(data: RawData, is_binary: boolean): Frame {
  if (is_binary) throw new MessengerError('MALFORMED_FRAME');
  let fields: unknown;
  try {
    // ws has checked that it is UTF-8, and by default delivers one Buffer.
    fields = JSON.parse((data as Buffer).toString('utf8'));
  } catch {
    throw new MessengerError('MALFORMED_FRAME');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new MessengerError('MALFORMED_FRAME');
  const { type, ref } = fields as { type?: unknown; ref?: unknown };
  if (type !== undefined && typeof type !== 'string') throw new MessengerError('MALFORMED_FRAME', { field: 'type' });
  const has_ref = typeof ref === 'number' || (typeof ref === 'string' && ref.length <= 64);
  if (ref !== undefined && !has_ref) throw new MessengerError('MALFORMED_FRAME', { field: 'ref' });
  return { type, ref: has_ref ? ref : undefined, fields: fields as Record<string, unknown> };
}
