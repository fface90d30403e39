/** What a frame is, beside an ack: those are told by their `ref`, which is never negative. */
export const DELIVERY = -1;
export const PING = -2;
export const OTHER = -3;
export const REFUSAL = -4;

/** How to talk to one kind of server, in plain frames, so that the generator costs the same against all of them. */
export interface Wire {
  /** Path and query of the socket's URL. */
  path: string;
  subprotocols: string[];
  /** What to say when the socket opens. */
  greeting(token: string): string | undefined;
  /** Told each frame until signed in: true when that is done, a string to answer, undefined to wait. */
  signIn(frame: string, token: string): true | string | undefined;
  send(ref: number, chat_id: number, content: string): string;
  page(ref: number, chat_id: number): string;
  pong: string;
  /** An ack's `ref`, or one of the constants above. It looks at a few bytes only: the generator shares the cores. */
  classify(frame: Buffer): number;
  /** How many messages an answered page holds. */
  pageLength(frame: string): number;
}
