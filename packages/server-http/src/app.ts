import { type Messenger, MessengerError } from '@dialect/core';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { mountApi } from './api-routes.js';
import { allowOrigins } from './cors.js';
import { mountDocs } from './docs.js';
import { errorResponse, toMessengerError } from './errors.js';
import { mountHealth } from './health.js';
import { createOperations } from './operations.js';
import { type HttpOptions, resolveHttpOptions } from './options.js';
import { addSecurityHeaders } from './security-headers.js';
import { mountMedia } from './serve-media.js';

export function createApp(messenger: Messenger, given: HttpOptions): Hono {
  const options = resolveHttpOptions(given);
  // Not strict: `/chats` and `/chats/` are one path, as the seeds' clients use both.
  const app = new Hono({ strict: false });

  app.use(addSecurityHeaders);
  if (options.cors_origins.length > 0) app.use(allowOrigins(options.cors_origins));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, allowed) => wrongMethod(c.req.method, allowed) }));
  mountApi(app, messenger, createOperations(), options);
  mountMedia(app, messenger);
  mountHealth(app, messenger);
  if (options.docs) mountDocs(app);
  app.notFound(() => errorResponse(new MessengerError('NOT_FOUND')));
  app.onError((error) => errorResponse(toMessengerError(error, messenger.logger)));
  return app;
}

function wrongMethod(method: string, allowed: string[]): Response {
  const error = new MessengerError('UNKNOWN_METHOD', { message: `This path does not take ${method}.` });
  return errorResponse(error, { status: 405, headers: { allow: allowed.join(', ') } });
}
