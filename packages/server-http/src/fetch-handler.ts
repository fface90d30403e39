import type { Messenger } from '@dialect/core';
import { createApp } from './app.js';
import type { HttpOptions } from './options.js';

/** Answers one request. It never rejects: a failure is an answer too. */
export type FetchHandler = (request: Request) => Promise<Response>;

/**
 * The HTTP API of a messenger for anything that speaks Fetch: `/api/v1/...`, `/health/live`, `/health/ready`,
 * `/openapi.json` and `/docs`. Who calls is asked of the messenger's `identify`.
 *
 * @example
 * const handle = createFetchHandler(messenger);
 * const response = await handle(new Request('http://localhost/health/ready'));
 */
export function createFetchHandler(messenger: Messenger, options: HttpOptions = {}): FetchHandler {
  const app = createApp(messenger, options);
  return async (request) => app.fetch(request);
}
