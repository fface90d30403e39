import type { IdentifyRequest, Messenger } from '@dialect/core';
import type { Known } from './catch-up.js';
import type { Connection } from './connection.js';
import type { Hub } from './hub.js';
import type { Frame } from './parse.js';

/** What the commands of a connection work with. */
export interface Session {
  connection: Connection;
  messenger: Messenger;
  hub: Hub;
  /** The upgrade request, until somebody is signed in: a host may identify by its headers. */
  request: IdentifyRequest | null;
  /** How far the greeting of a native client has come. */
  greeting: 'expected' | 'begun' | Known;
}

/** Carries out one frame. What it throws is answered as an error frame with the frame's `ref`. */
export type Command = (session: Session, frame: Frame) => void | Promise<void>;
