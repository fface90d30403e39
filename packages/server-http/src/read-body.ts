import { MessengerError } from '@dialect/core';
import type { Route } from '@dialect/protocol';
import { within } from './within.js';

const contentTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
} as const;
/** Long enough for a slow phone. Uploads have the server's whole time for a request, which is longer. */
const patience_ms = 60_000;
// Not lenient: a lone byte must not become U+FFFD inside somebody's message.
const decoder = new TextDecoder('utf-8', { fatal: true });

export const contentTypeOf = (route: Route): string => contentTypes[route.body ?? 'json'];

/**
 * The fields of a request's body; none when there is no body. One form per route, and never a form where JSON is
 * declared: browsers send forms across origins without asking first.
 * @throws BODY_TOO_LARGE, UNSUPPORTED_CONTENT_TYPE, MALFORMED_BODY; INVALID_INPUT for JSON that is not an object
 */
export async function readBody(request: Request, route: Route, max_bytes: number): Promise<Record<string, unknown>> {
  const bytes = await within(patience_ms, readBytes(request, max_bytes)).catch((error: unknown) => {
    if (error instanceof MessengerError) throw error;
    throw new MessengerError('MALFORMED_BODY', { message: 'The body did not come in time.', cause: error });
  });
  if (bytes.byteLength === 0) return {};
  checkContentType(request, route);
  const text = decode(bytes);
  return route.body === 'form' ? Object.fromEntries(new URLSearchParams(text)) : parseObject(text);
}

/** @throws UNSUPPORTED_CONTENT_TYPE */
export function checkContentType(request: Request, route: Route): void {
  const expected = contentTypeOf(route);
  if (isOfType(request.headers.get('content-type') ?? '', expected)) return;
  throw new MessengerError('UNSUPPORTED_CONTENT_TYPE', { message: `Send ${expected}, in UTF-8.` });
}

/**
 * Stops at the limit, whatever the request announced. (hono/body-limit would do that too, but throws what it meets when
 * a client goes away in the middle, which is no fault of ours to be logged.)
 */
async function readBytes(request: Request, max_bytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new MessengerError('BODY_TOO_LARGE', { message: `The body is larger than ${max_bytes} bytes.` });
  const announced = request.headers.get('content-length');
  if (Number(announced) > max_bytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // With an announced length the HTTP parser hands over no more than that, so it can be read at once.
    if (announced !== null) chunks.push(new Uint8Array(await request.arrayBuffer()));
    const reader = request.bodyUsed ? null : request.body?.getReader();
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      chunks.push(next.value);
      size += next.value.byteLength;
      // Not cancelled: that would cut the connection before the answer is written.
      if (size > max_bytes) throw tooLarge();
    }
  } catch (error) {
    if (error instanceof MessengerError) throw error;
    throw new MessengerError('MALFORMED_BODY', { message: 'The body ended early.', cause: error });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.byteLength > max_bytes) throw tooLarge();
  return bytes;
}

function isOfType(header: string, expected: string): boolean {
  const [type = '', ...parameters] = header
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return type === expected && (charset === undefined || /^"?utf-?8"?$/.test(charset));
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new MessengerError('MALFORMED_BODY', { message: 'The body is not UTF-8.' });
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    // V8's parser keeps its own stack: a body of nothing but brackets fails, or passes, without touching ours.
    value = JSON.parse(text);
  } catch {
    throw new MessengerError('MALFORMED_BODY', { message: 'The body is not JSON.' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MessengerError('INVALID_INPUT', { message: 'The body must be a JSON object.' });
  }
  return value as Record<string, unknown>;
}
