import { isMessengerError, MessengerError } from '@dialect/core';
import type { RawData, WebSocket } from 'ws';
import { nativeCommands, openCommands } from './native-commands.js';
import { type Frame, parseFrame } from './parse.js';
import { plainCommands, plainDefault } from './plain-commands.js';
import type { Command, Session } from './session.js';

/** Commands of one connection that may be under way; then its socket is no longer read until some are answered. */
const max_in_flight = 32;

/** A message from the socket: decoded, carried out, answered. Nothing that a client sends can make this throw. */
export function receive(session: Session, data: RawData, is_binary: boolean): void {
  const { connection } = session;
  if (connection.is_closing) return;
  connection.last_input_at = performance.now();
  let frame: Frame | undefined;
  try {
    frame = parseFrame(data, is_binary);
    const outcome = commandFor(session, frame)(session, frame);
    if (outcome instanceof Promise) track(session, frame, outcome);
  } catch (error) {
    fail(session, frame, error);
  }
}

function commandFor({ connection }: Session, { type }: Frame): Command {
  if (connection.mode === 'plain') {
    return own(plainCommands, type ?? plainDefault);
  }
  // Before the sign-in every command but a few would act for nobody.
  if (!connection.caller && !openCommands.has(type ?? '')) throw new MessengerError('UNAUTHORIZED');
  return own(nativeCommands, type ?? '');
}

function own(commands: Readonly<Record<string, Command>>, type: string): Command {
  const command = Object.hasOwn(commands, type) ? commands[type] : undefined;
  if (!command) throw new MessengerError('UNKNOWN_TYPE', { field: 'type' });
  return command;
}

function track(session: Session, frame: Frame, outcome: Promise<void>): void {
  const { connection } = session;
  connection.in_flight += 1;
  if (connection.in_flight === max_in_flight) connection.ws.pause();
  outcome
    .catch((error: unknown) => fail(session, frame, error))
    .finally(() => {
      connection.in_flight -= 1;
      if (connection.in_flight === max_in_flight - 1 && !connection.is_draining) resume(connection.ws);
    });
}

function resume(ws: WebSocket): void {
  if (ws.readyState === ws.OPEN) ws.resume();
}

function fail({ connection, messenger }: Session, frame: Frame | undefined, cause: unknown): void {
  let error: MessengerError;
  if (isMessengerError(cause)) {
    error = cause;
  } else {
    messenger.logger.error('A frame could not be handled.', {
      error: cause instanceof Error ? cause.stack : String(cause),
    });
    error = new MessengerError('INTERNAL');
  }
  connection.error(frame?.ref, error);
  // A native client that sends broken frames is broken; the seeds' plain ones are only told.
  if (error.code === 'MALFORMED_FRAME' && connection.mode === 'native') connection.close('bad_frame');
}
