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

const losses = new Set([
  // Shutting down; killed; closed for idleness.
  1053, 1927, 4031,
  // No connection left, or none for this user.
  1040, 1203, 1226,
  // Read-only, as it is after a failover: by its name another server may be found now.
  1290, 1836,
]);

/** No answer in time. With the code of the driver's own, which a host's statement may have. */
export class StatementTimeout extends Error {
  readonly code = 'PROTOCOL_SEQUENCE_TIMEOUT';

  constructor() {
    super('The database server did not answer in time.');
  }
}

/** The connection is gone, or none could be had: what it was asked last may or may not have been done. */
export function isLost(error: unknown): boolean {
  const { code = '', fatal = false } = (error ?? {}) as DriverError;
  if (losses.has(errnoOf(error)) || code === 'PROTOCOL_SEQUENCE_TIMEOUT') return true;
  // The driver calls all that ends a connection fatal; where the server said no (a wrong password, say), it will again.
  return fatal && !code.startsWith('ER_');
}
