import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Messenger, MessengerError } from '@dialect/core';
import { getRequestListener, RequestError } from '@hono/node-server';
import { errorResponse, toMessengerError } from './errors.js';
import { createFetchHandler } from './fetch-handler.js';
import type { NodeHandlerOptions } from './options.js';
import { secure } from './security-headers.js';

/** A listener for the `request` event of Node's HTTP servers. */
export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/**
 * The same as {@link createFetchHandler} for `http.createServer` and whatever takes a Node listener.
 *
 * @example
 * const server = createServer(createNodeHandler(messenger));
 * attachWebSocket(server, messenger);
 */
export function createNodeHandler(messenger: Messenger, options: NodeHandlerOptions = {}): NodeHandler {
  return getRequestListener(createFetchHandler(messenger, options), {
    // HTTP/1.0 needs no Host.
    hostname: 'localhost',
    overrideGlobalObjects: options.override_globals ?? false,
    errorHandler: (error) => secure(errorResponse(describe(error, messenger))),
  });
}

/** What goes wrong before there is a request: a target or a Host that is no part of a URL. */
function describe(error: unknown, { logger }: Messenger): MessengerError {
  if (!(error instanceof RequestError)) return toMessengerError(error, logger);
  return new MessengerError('MALFORMED_BODY', { message: 'The request could not be read.', cause: error });
}
