/** What mysql2's errors tell. */
interface DriverError {
  code?: string;
  errno?: number;
  fatal?: boolean;
}

export function errnoOf(error: unknown): number {
  return (error as DriverError | null)?.errno ?? 0;
}

/**
 * Deadlock, lock wait timeout, and a row that changed since it was read (MariaDB 11.8): the same transaction may pass
 * when it is run again.
 */
const conflicts = new Set([1213, 1205, 1020]);
export const isConflict = (error: unknown): boolean => conflicts.has(errnoOf(error));

/** Shutting down; connection killed; too many connections; gone, lost; closed for idleness. */
const losses = new Set([1053, 1927, 1040, 2006, 2013, 4031]);
const lost_codes = new Set(['PROTOCOL_SEQUENCE_TIMEOUT', 'PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE']);

/** The connection is gone, or none could be had: what it was asked last may or may not have been done. */
export function isLost(error: unknown): boolean {
  const { code = '', fatal = false } = (error ?? {}) as DriverError;
  if (losses.has(errnoOf(error)) || lost_codes.has(code) || code.startsWith('PROTOCOL_ENQUEUE_AFTER_')) return true;
  // The server said no (a wrong password, say): it will say so again.
  return fatal && !code.startsWith('ER_');
}
