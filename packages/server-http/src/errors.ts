import { randomBytes } from 'node:crypto';
import { isMessengerError, type Logger, MessengerError } from '@dialect/core';
import type { ErrorBody } from '@dialect/protocol';

/** The answer to a request that failed. */
export function errorResponse(
  error: MessengerError,
  changes: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const status = changes.status ?? error.status;
  const headers = new Headers(changes.headers);
  headers.set('content-type', 'application/json');
  // RFC 9110, 11.6.1: a 401 says how to sign in.
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  if (status === 429 || status === 503) {
    headers.set('retry-after', String(Math.ceil((error.retry_after_ms ?? 1_000) / 1_000)));
  }
  const body: ErrorBody = { ...error.toBody(), status_code: status };
  return new Response(JSON.stringify(body), { status, headers });
}

/** What a client may learn of anything thrown: of what we did not foresee, only where the log has it. */
export function toMessengerError(error: unknown, logger: Logger): MessengerError {
  if (isMessengerError(error)) return error;
  const correlation_id = randomBytes(9).toString('base64url');
  logger.error('A request failed.', {
    correlation_id,
    error: error instanceof Error ? error.stack : String(error),
  });
  return new MessengerError('INTERNAL', { correlation_id, cause: error });
}
