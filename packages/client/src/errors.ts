import type { ErrorCode } from '@dialect/protocol';

const brand = Symbol.for('dialect.client.error');

export interface ErrorDetails {
  field?: string | undefined;
  retryable?: boolean | undefined;
  retry_after_ms?: number | undefined;
  correlation_id?: string | undefined;
}

/** What every failed call rejects with. Branch on `code`: the text may change. */
export class DialectError extends Error {
  readonly [brand] = true;
  /** The field of the input that is wrong. */
  declare readonly field: string | undefined;
  /** The same call may succeed later as it stands. */
  declare readonly retryable: boolean;
  declare readonly retry_after_ms: number | undefined;
  /** With INTERNAL: what to look for in the server's log. */
  declare readonly correlation_id: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    { field, retryable = false, retry_after_ms, correlation_id }: ErrorDetails = {},
  ) {
    super(message);
    Object.assign(this, { name: 'DialectError', field, retryable, retry_after_ms, correlation_id });
  }
}

/** By symbol and not by `instanceof`: a bundle may hold two copies of this package. */
export function isDialectError(error: unknown): error is DialectError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** The request did not reach the server, or its answer did not reach us. */
export function networkError(message = 'The server could not be reached.'): DialectError {
  return new DialectError('NETWORK', message, { retryable: true });
}
