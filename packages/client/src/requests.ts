import type { ClientFrame, ErrorFrame } from '@dialect/protocol';
import { DialectError, networkError } from './errors.js';
import type { Timers } from './timers.js';

export type Question = Extract<ClientFrame, { ref?: unknown }>;
type WithoutRef<F> = F extends unknown ? Omit<F, 'ref'> : never;

/** Questions on the socket and their answers, matched by `ref`. */
export interface Requests {
  /** Rejects with NETWORK when no answer comes: then nobody knows whether the server did it. */
  ask<T>(frame: WithoutRef<Question>): Promise<T>;
  answer(ref: unknown, result: unknown): void;
  refuse(frame: ErrorFrame): void;
  /** The connection is gone: nothing that is open will be answered. */
  abandon(): void;
}

interface Open {
  resolve(result: unknown): void;
  reject(error: DialectError): void;
}

export function createRequests(timers: Timers, timeout_ms: number, send: (frame: ClientFrame) => boolean): Requests {
  const open = new Map<unknown, Open>();
  let last = 0;

  function take(ref: unknown): Open | undefined {
    const found = open.get(ref);
    open.delete(ref);
    return found;
  }

  return {
    ask<T>(frame: WithoutRef<Question>) {
      return new Promise<T>((resolve, reject) => {
        const ref = ++last;
        if (!send({ ...frame, ref } as ClientFrame)) return reject(networkError());
        const cancel = timers.after(timeout_ms, () =>
          take(ref)?.reject(networkError('The server did not answer in time.')),
        );
        open.set(ref, {
          resolve(result) {
            cancel();
            resolve(result as T);
          },
          reject(error) {
            cancel();
            reject(error);
          },
        });
      });
    },
    answer: (ref, result) => take(ref)?.resolve(result),
    refuse(frame) {
      take(frame.ref)?.reject(new DialectError(frame.code, frame.message, frame));
    },
    abandon() {
      for (const ref of [...open.keys()]) take(ref)?.reject(networkError('The connection was lost.'));
    },
  };
}
