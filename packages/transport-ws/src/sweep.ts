import { closeCodes, protocolLimits } from '@dialect/protocol';
import type { Connection } from './connection.js';

const { ping_ms, silence_ms, hello_ms } = protocolLimits;
/** How long before its end a client hears that its token expires. */
const warning_ms = 60_000;

/**
 * Looks after one connection: silence, sign-in, expiry, a reader that has stopped. One timer walks over all of them,
 * because a timer each would cost more memory than the rest of the connection.
 */
export function sweep(connection: Connection, now: number, wall_clock: number): void {
  const { mode, outflow, ws, expires_at } = connection;
  const silent_for = now - connection.last_input_at;
  if (outflow.isStalled(now)) outflow.terminate();
  else if (!connection.caller && now - connection.opened_at > hello_ms) connection.close('timeout');
  else if (silent_for > silence_ms) {
    // There may be nobody to read a close frame.
    ws.close(closeCodes.timeout);
    outflow.terminate();
  } else if (expires_at !== null && expires_at <= wall_clock) connection.close('unauthorized');
  else {
    // Browsers cannot send control pings, so native clients ping by frame; the seeds' clients answer control pings.
    if (mode === 'plain' && silent_for > ping_ms) ws.ping();
    if (mode === 'native' && !connection.was_warned && expires_at !== null && expires_at - wall_clock < warning_ms) {
      connection.was_warned = true;
      connection.send({ type: 'auth_expiring', expires_at: new Date(expires_at).toISOString() });
    }
  }
}
