import type { Context } from 'hono';
import { fromText } from './fields.js';
import type { Operation } from './operations.js';

/**
 * The input of a use case, gathered from path, query and body. Only declared fields are taken, so one named `__proto__`
 * is nobody's; and a field of the path is read from the path alone, which is what logs and proxies see.
 */
export async function readInput(
  c: Context,
  operation: Operation,
  readFields: () => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { route, path_fields, query_fields, body_fields } = operation;
  const input: Record<string, unknown> = {};
  if (body_fields.length > 0) {
    const body = await readFields();
    for (const field of body_fields) {
      if (!Object.hasOwn(body, field.name)) continue;
      const value = body[field.name];
      input[field.name] = route.body === 'form' ? fromText(field, value as string) : value;
    }
  }
  for (const field of query_fields) {
    const text = c.req.query(field.name);
    if (text !== undefined) input[field.name] = fromText(field, text);
  }
  for (const field of path_fields) input[field.name] = fromText(field, c.req.param(field.name) ?? '');
  return input;
}
