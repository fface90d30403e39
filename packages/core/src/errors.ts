import { type ErrorBody, type ErrorCode, errorTable } from '@dialect/protocol';

const brand = Symbol.for('dialect.error');

export interface ErrorDetails {
  /** The field of the input that is wrong. */
  field?: string;
  /** Says more than the table's text. Never put a secret, a token or somebody else's text here: it leaves the server. */
  message?: string;
  retry_after_ms?: number;
  correlation_id?: string;
  cause?: unknown;
}

/** The one error that use cases throw. Anything else that escapes is answered as INTERNAL, without its text. */
export class MessengerError extends Error {
  readonly [brand] = true;
  readonly field: string | undefined;
  readonly retry_after_ms: number | undefined;
  readonly correlation_id: string | undefined;

  constructor(
    readonly code: ErrorCode,
    details: ErrorDetails = {},
  ) {
    super(details.message ?? errorTable[code].message, { cause: details.cause });
    this.name = 'MessengerError';
    this.field = details.field;
    this.retry_after_ms = details.retry_after_ms;
    this.correlation_id = details.correlation_id;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }

  toBody(): ErrorBody {
    return {
      detail: this.message,
      error: this.message,
      code: this.code,
      status_code: this.status,
      ...(this.field !== undefined && { field: this.field }),
      ...(this.correlation_id !== undefined && { correlation_id: this.correlation_id }),
      ...(this.retry_after_ms !== undefined && { retry_after_ms: this.retry_after_ms }),
    };
  }
}

/** What its operator has to put right about a storage, in one line that holds no secret. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** By symbol and not by `instanceof`: a host may have two copies of this package, one ESM and one CJS. */
export function isMessengerError(error: unknown): error is MessengerError {
  return typeof error === 'object' && error !== null && brand in error;
}
