import { type ErrorCode, errorTable } from '@dialect/protocol';
import type { JsonSchema } from '../fields.js';

/** Errors that no HTTP answer carries: of the socket, and of the client itself. */
const elsewhere = ['UNKNOWN_TYPE', 'MALFORMED_FRAME', 'NETWORK', 'CANCELLED'];
const codes = Object.entries(errorTable).filter(([code]) => !elsewhere.includes(code));

/** The one body of every error, from the one table of codes. */
export const errorBody: JsonSchema = {
  type: 'object',
  required: ['detail', 'error', 'code', 'status_code'],
  properties: {
    detail: { type: 'string', description: 'What is wrong, for people.' },
    error: { type: 'string', description: 'The same text.' },
    code: {
      type: 'string',
      enum: codes.map(([code]) => code),
      description: [
        'What is wrong, for programs:',
        '',
        ...codes.map(([code, { status, message }]) => `- \`${code}\` (${status}) ${message}`),
      ].join('\n'),
    },
    status_code: { type: 'integer' },
    field: { type: 'string', description: 'The field of the input that is wrong, such as `participant_ids.3`.' },
    correlation_id: { type: 'string', description: "With INTERNAL: what to look for in the server's log." },
    retry_after_ms: { type: 'integer', description: 'Milliseconds to wait before trying again.' },
  },
};

const content = { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } };

/** The errors that follow from how an operation is declared; those of its rules share `default`. */
export function errorResponses(operation: {
  has_input: boolean;
  has_body: boolean;
  /** Too large a file is refused by a code of its own. */
  has_file: boolean;
  is_open: boolean;
  is_limited: boolean;
}): Record<string, unknown> {
  const causes: [code: ErrorCode, applies: boolean][] = [
    ['MALFORMED_BODY', operation.has_body],
    ['UNAUTHORIZED', !operation.is_open],
    ['BODY_TOO_LARGE', operation.has_body && !operation.has_file],
    ['UNSUPPORTED_CONTENT_TYPE', operation.has_body],
    ['INVALID_INPUT', operation.has_input],
    ['TOO_MANY_REQUESTS', operation.is_limited],
  ];
  const responses: Record<string, unknown> = {};
  for (const [code] of causes.filter(([, applies]) => applies)) {
    const { status, message } = errorTable[code];
    responses[status] = { description: `\`${code}\`: ${message}`, content };
  }
  responses.default = { description: 'Refused; `code` says why.', content };
  return responses;
}
