import { type ErrorBody, type ErrorCode, errorTable } from '@dialect/protocol';
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

const schema = { $ref: '#/components/schemas/ErrorBody' };

/** What any request may meet, whatever it asks for. */
const always: readonly ErrorCode[] = ['INTERNAL', 'BUSY', 'SHUTTING_DOWN'];

/** Every error that an operation can answer: those of its declaration, and those of the use case's own rules. */
export function errorCodes(operation: {
  has_input: boolean;
  has_body: boolean;
  /** Too large a file is refused by a code of its own. */
  has_file: boolean;
  is_open: boolean;
  is_limited: boolean;
  own: readonly ErrorCode[];
}): ErrorCode[] {
  const declared: [code: ErrorCode, applies: boolean][] = [
    ['MALFORMED_BODY', operation.has_body],
    ['UNAUTHORIZED', !operation.is_open],
    ['BODY_TOO_LARGE', operation.has_body && !operation.has_file],
    ['UNSUPPORTED_CONTENT_TYPE', operation.has_body],
    ['INVALID_INPUT', operation.has_input],
    ['TOO_MANY_REQUESTS', operation.is_limited],
  ];
  const derived = declared.filter(([, applies]) => applies).map(([code]) => code);
  return [...new Set([...operation.own, ...derived, ...always])];
}

/** The answers of these codes, by their status, each with its body. */
export function errorResponses(codes: readonly ErrorCode[]): Record<string, unknown> {
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))];
  const responses = statuses.map((status) => {
    const here = codes.filter((code) => errorTable[code].status === status);
    const description = here.map((code) => `- \`${code}\`: ${errorTable[code].message}`).join('\n');
    const examples = Object.fromEntries(here.map((code) => [code, { value: exampleOf(code) }]));
    return [status, { description, content: { 'application/json': { schema, examples } } }];
  });
  // What a proxy or a later version answers: `code` says why here too.
  const rest = { description: 'Refused; `code` says why.', content: { 'application/json': { schema } } };
  return { ...Object.fromEntries(responses), default: rest };
}

/** What goes with a code besides its text. */
const details: Partial<Record<ErrorCode, Partial<ErrorBody>>> = {
  INVALID_INPUT: { detail: 'chat_id: Invalid input', field: 'chat_id' },
  INTERNAL: { correlation_id: 'x3Jc0mPq9aZt' },
  TOO_MANY_REQUESTS: { retry_after_ms: 200 },
};

function exampleOf(code: ErrorCode): ErrorBody {
  const { status, message } = errorTable[code];
  const { detail = message, ...more } = details[code] ?? {};
  return { detail, error: detail, code, status_code: status, ...more };
}
