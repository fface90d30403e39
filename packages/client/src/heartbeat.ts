import { protocolLimits } from '@dialect/protocol';
import type { Timers } from './timers.js';

/** Milliseconds in which a probe must be answered. */
const probe_ms = 5_000;

export interface Heartbeat {
  /** Something came in. */
  heard(): void;
  /** Something went out. */
  said(): void;
  /** Finds out soon whether the connection still lives, as after the page was hidden or the network changed. */
  probe(): void;
  stop(): void;
}

/**
 * Browsers cannot see the control frames of a WebSocket, so silence is broken by our own ping. Both directions count:
 * the server gives up a client that says nothing, however much it hears.
 */
export function startHeartbeat(timers: Timers, ping_ms: number, ping: () => void, dead: () => void): Heartbeat {
  let heard_at = performance.now();
  let said_at = heard_at;
  let cancel = timers.after(ping_ms, beat);
  let cancelProbe = () => {};

  function beat() {
    const now = performance.now();
    if (now - heard_at >= protocolLimits.silence_ms) return dead();
    // A little early rather than a whole round too late: timers are not that exact.
    if (now - Math.min(heard_at, said_at) >= ping_ms - 20) ping();
    const next = Math.min(
      said_at + ping_ms,
      heard_at + (now - heard_at < ping_ms ? ping_ms : protocolLimits.silence_ms),
    );
    cancel = timers.after(Math.max(20, next - performance.now()), beat);
  }

  return {
    heard() {
      heard_at = performance.now();
      cancelProbe();
    },
    said() {
      said_at = performance.now();
    },
    probe() {
      cancelProbe();
      cancelProbe = timers.after(probe_ms, dead);
      ping();
    },
    stop() {
      cancel();
      cancelProbe();
    },
  };
}
