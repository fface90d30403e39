import { type Messenger, MessengerError } from '@dialect/core';
import { apiRoot, rpcPath } from '@dialect/protocol';
import type { Context, Hono } from 'hono';
import { openMultipart } from './open-multipart.js';
import type { Operation } from './operations.js';
import { readBody } from './read-body.js';
import { readInput } from './read-input.js';

/** Binds every use case to its route: there is no code for any single one. */
export function mountApi(
  app: Hono,
  messenger: Messenger,
  operations: readonly Operation[],
  options: { max_body_bytes: number },
): void {
  const headers = { 'content-type': 'application/json' };
  const mount = (operation: Operation, path: string): void => {
    const { name, route } = operation;
    app.on([route.method, ...(route.also ?? [])], path, async (c) => {
      const caller = await identify(c, messenger, route.open ?? false);
      const form = route.body === 'multipart' ? await openMultipart(c.req.raw, operation) : null;
      try {
        const input = await readInput(c, operation, async () =>
          form ? form.fields : readBody(c.req.raw, route, options.max_body_bytes),
        );
        // Untrusted, whatever its type says: `call` validates it.
        const result = await messenger.call(name, input as never, caller);
        return new Response(JSON.stringify(result), { status: route.status ?? 200, headers });
      } finally {
        await form?.close();
      }
    });
  };
  for (const operation of operations) {
    mount(operation, apiRoot + operation.route.path.replace(/\{(\w+)\}/g, ':$1'));
    mount(asCall(operation), rpcPath + operation.name);
  }
  // As on the socket, so that the client need not know by which way its call went.
  app.post(`${rpcPath}:method`, () => {
    throw new MessengerError('UNKNOWN_METHOD', { field: 'method' });
  });
}

/** The same by its name: what goes in is the body, and nothing else of the request; but a form holds its file alone. */
function asCall(operation: Operation): Operation {
  const { path_fields, query_fields, body_fields } = operation;
  const { open = false, body } = operation.route;
  const call = { ...operation, path_fields: [] };
  if (body === 'multipart') {
    return { ...call, route: { method: 'POST', path: '', open, body }, query_fields: path_fields };
  }
  const fields = new Set([...path_fields, ...query_fields, ...body_fields]);
  return { ...call, route: { method: 'POST', path: '', open }, query_fields: [], body_fields: [...fields] };
}

/** Before the body is read: who is not signed in makes us read nothing. */
async function identify(c: Context, messenger: Messenger, is_open: boolean) {
  // A token that is not needed is not looked at either, so a client with an old one can still sign in.
  if (is_open) return null;
  const token = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const identified = await messenger.identify({
    ...(token !== undefined && { token }),
    headers: c.req.raw.headers,
    url: c.req.url,
  });
  if (!identified) throw new MessengerError('UNAUTHORIZED');
  return identified.caller;
}
