import type { IdentifyRequest, Messenger } from '@dialect/core';
import type { Known } from './catch-up.js';
import type { Connection } from './connection.js';
import type { Hub } from './hub.js';
import type { Frame } from './parse.js';

/** A `hello` whose heads are not complete yet. */
export interface Greeting extends Known {
  /** Whether somebody we know said it. */
  identified: Promise<boolean>;
}

/** What the commands of a connection work with. */
export interface Session {
  connection: Connection;
  messenger: Messenger;
  hub: Hub;
  /** The upgrade request, until somebody is signed in: a host may identify by its headers. */
  request: IdentifyRequest | null;
  /** How far the greeting of a native client has come. */
  greeting: 'expected' | Greeting | 'done';
  /** The last of the questions that are answered one after another. */
  asking: Promise<unknown>;
}

/**
 * Answers a question whose answer may be large: one at a time, and each read only when the one before has left. However
 * much a client asks without reading, one page is all that it makes the server hold.
 */
export function inTurn(session: Session, answer: () => Promise<void>): Promise<void> {
  const turn = session.asking.then(async () => {
    if (await session.connection.outflow.room()) await answer();
  });
  session.asking = turn.catch(() => undefined);
  return turn;
}

/** Carries out one frame. What it throws is answered as an error frame with the frame's `ref`. */
export type Command = (session: Session, frame: Frame) => void | Promise<void>;
