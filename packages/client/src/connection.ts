import { type ClientFrame, closeCodes, protocolLimits, type ServerFrame, subprotocol } from '@dialect/protocol';
import { delayOf } from './backoff.js';
import { DialectError } from './errors.js';
import { type Heartbeat, startHeartbeat } from './heartbeat.js';
import { isObject, parseJson } from './json.js';
import type { ResolvedOptions, SocketClass, SocketLike } from './options.js';
import { type Readable, writable } from './readable.js';
import type { Timers } from './timers.js';
import { onWake } from './wake.js';

/**
 * `idle` before the first `connect()`; `connecting` until the server has said all that was missed; `online`; `offline`
 * while waiting to try again; `signed_out` when the server takes no token that is to be had; `closed` by `close()`, or
 * because the server refuses this version of the client. The last two stay until `connect()` is called again.
 */
export type Status = 'idle' | 'connecting' | 'online' | 'offline' | 'signed_out' | 'closed';

export interface ConnectionHooks {
  /** `refused`: the server did not take the last one. Null: there is none. A rejection: try again later. */
  token(refused: boolean): Promise<string | null>;
  hello(token: string | null): ClientFrame[];
  frame(frame: ServerFrame): void;
  /** The catch-up is complete. */
  ready(): void;
  /** The socket is gone; called once for each one that was opened. */
  down(code: number, reconnects: boolean): void;
  /** There will be no further attempt. */
  ended(error: DialectError): void;
}

export interface Connection {
  status: Readable<Status>;
  open(): void;
  /**
   * False when there is no connection to send on; true says no more than that the frame was handed over.
   * Throws BODY_TOO_LARGE.
   */
  send(frame: ClientFrame): boolean;
  /** Starts over with a new socket, as after another sign-in. */
  restart(): void;
  close(final: 'closed' | 'signed_out'): Promise<void>;
}

/** A connection that lived this long was a good one: the next failure starts the back-off from the beginning. */
const stable_ms = 5_000;

export function createConnection(options: ResolvedOptions, timers: Timers, hooks: ConnectionHooks): Connection {
  const status = writable<Status>('idle');
  let socket: SocketLike | null = null;
  /** Counts the attempts: whatever belongs to an older one is ignored. */
  let generation = 0;
  let failures = 0;
  let wasRefused = false;
  let heartbeat: Heartbeat | null = null;
  let cancelTimer = () => {};
  let unwake: (() => void) | null = null;
  let bye: { reconnect: boolean; after_ms: number } | null = null;
  let ready_at = 0;

  async function attempt(): Promise<void> {
    const mine = ++generation;
    cancelTimer();
    bye = null;
    status.set('connecting');
    let token: string | null;
    try {
      token = await hooks.token(wasRefused);
    } catch {
      if (mine === generation) retry();
      return;
    }
    if (mine !== generation) return;
    if (token === null && (wasRefused || options.token !== undefined)) return signedOut();
    let opened: SocketLike;
    try {
      opened = openSocket(options.socketClass() as SocketClass);
    } catch (error) {
      // The address is none: trying again would not make it one.
      return end('closed', new DialectError('NETWORK', String(error)));
    }
    socket = opened;
    cancelTimer = timers.after(protocolLimits.hello_ms, () => lose(1006));
    opened.addEventListener('open', () => {
      if (mine === generation) for (const frame of hooks.hello(token)) send(frame);
    });
    opened.addEventListener('message', ({ data }) => {
      if (mine === generation) receive(data);
    });
    opened.addEventListener('close', ({ code }) => {
      if (mine === generation) lost(code);
    });
    // `close` always follows; without a listener `ws` would throw.
    opened.addEventListener('error', () => {});
  }

  function openSocket(Socket: SocketClass): SocketLike {
    return new Socket(options.socket_url, [subprotocol]);
  }

  function receive(data: unknown): void {
    heartbeat?.heard();
    const frame = parseJson(data) as ServerFrame;
    if (!isObject(frame)) return;
    if (frame.type === 'welcome') {
      wasRefused = false;
      cancelTimer();
      heartbeat = startHeartbeat(
        timers,
        frame.ping_ms,
        () => send({ type: 'ping' }),
        () => lose(1006),
      );
    }
    if (frame.type === 'bye') bye = frame;
    hooks.frame(frame);
    if (frame.type === 'ready' && socket !== null) {
      ready_at = performance.now();
      status.set('online');
      hooks.ready();
    }
  }

  function send(frame: ClientFrame): boolean {
    if (socket === null) return false;
    const text = JSON.stringify(frame);
    // The server would close the connection, and a message that is sent again and again would do so every time.
    if (
      text.length * 3 > protocolLimits.frame_bytes &&
      new TextEncoder().encode(text).length > protocolLimits.frame_bytes
    ) {
      throw new DialectError('BODY_TOO_LARGE', 'This is too large to be sent.');
    }
    try {
      // Throws while the socket is still connecting.
      socket.send(text);
    } catch {
      return false;
    }
    heartbeat?.said();
    return true;
  }

  /** Gives the socket up from our side. Its own `close` may come much later, or never. */
  function lose(code: number): void {
    const old = socket;
    lost(code);
    discard(old);
  }

  function lost(code: number): void {
    const { bad_frame, revoked, unsupported_version, unauthorized } = closeCodes;
    const isFinal = code === bad_frame || code === revoked || code === unsupported_version || bye?.reconnect === false;
    release();
    if (status.get() === 'online' && performance.now() - ready_at > stable_ms) failures = 0;
    // Two refusals in a row: the token that was called fresh is no better.
    const isRefused = code === unauthorized;
    const isSignedOut = code === revoked || (isRefused && wasRefused);
    wasRefused = isRefused;
    if (!isFinal && !isSignedOut) retry(isRefused && failures === 0 ? 0 : bye?.after_ms);
    hooks.down(code, !isFinal && !isSignedOut);
    if (isSignedOut) signedOut();
    else if (isFinal) end('closed', new DialectError('FORBIDDEN', `The server refused the connection (${code}).`));
  }

  function retry(ms = delayOf(failures, options.reconnect)): void {
    failures++;
    status.set('offline');
    cancelTimer();
    cancelTimer = timers.after(ms, attempt);
  }

  /** Forgets the socket, so that nothing it still says is heard. */
  function release(): void {
    generation++;
    socket = null;
    heartbeat?.stop();
    heartbeat = null;
    cancelTimer();
  }

  function signedOut(): void {
    wasRefused = false;
    end('signed_out', new DialectError('UNAUTHORIZED', 'Sign in first: there is no token that the server takes.'));
  }

  function end(final: Status, error: DialectError): void {
    release();
    unwake?.();
    unwake = null;
    status.set(final);
    hooks.ended(error);
  }

  function wake(): void {
    if (status.get() === 'offline') void attempt();
    else heartbeat?.probe();
  }

  return {
    status,
    send,
    open() {
      if (unwake) return;
      unwake = onWake(wake);
      failures = 0;
      void attempt();
    },
    restart() {
      if (!unwake) return;
      const old = socket;
      release();
      if (old) hooks.down(1000, true);
      discard(old);
      void attempt();
    },
    async close(final) {
      const old = socket;
      release();
      if (old) hooks.down(1000, false);
      end(final, new DialectError('CANCELLED', 'The client was closed.'));
      if (old) await ended(old);
    },
  };
}

function discard(socket: SocketLike | null): void {
  try {
    socket?.close();
    socket?.terminate?.();
  } catch {
    // A socket that cannot even be closed is gone already.
  }
}

/** Resolves when the socket has closed; a peer that does not answer is waited for only briefly. */
function ended(socket: SocketLike): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(), 500);
    const done = () => {
      clearTimeout(timer);
      discard(socket);
      resolve();
    };
    socket.addEventListener('close', done);
    socket.close(1000);
  });
}
