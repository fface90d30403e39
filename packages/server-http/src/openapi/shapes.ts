import { api } from '@dialect/core';
import type { MethodName } from '@dialect/protocol';
import { type JsonSchema, toJsonSchema } from '../fields.js';

/** The schemas that have a name, and the way to write another schema in terms of them. */
export interface Shapes {
  components: Record<string, JsonSchema>;
  withNames(schema: JsonSchema): JsonSchema;
}

/**
 * Where each entity's schema is found. Each comes after those it contains: equal parts of a schema are replaced by the
 * name they got before, so that a use case need not know that its answer has one.
 */
const places: [name: string, of: MethodName, ...path: string[]][] = [
  ['User', 'users.get'],
  ['Me', 'users.me'],
  ['Token', 'auth.signIn'],
  ['UploadedMedia', 'media.upload'],
  ['Message', 'messages.history', 'items'],
  ['Member', 'chats.get', 'properties', 'participants', 'items'],
  ['Chat', 'chats.get'],
  ['Marks', 'messages.markRead'],
  ['Heads', 'sync.heads'],
  ['Changes', 'sync.changes'],
  ['Confirmation', 'chats.leave'],
];

export function createShapes(): Shapes {
  const components: Record<string, JsonSchema> = {};
  const names = new Map<string, string>();

  function withNames<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(withNames) as T;
    const replaced = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withNames(part)]));
    const name = names.get(JSON.stringify(replaced));
    return (name ? { $ref: `#/components/schemas/${name}` } : replaced) as T;
  }

  for (const [name, of, ...path] of places) {
    let found: unknown = toJsonSchema(api[of].output, 'output');
    for (const step of path) found = (found as JsonSchema | undefined)?.[step];
    if (!found) throw new Error(`The schema of ${name} is not where it was: ${[of, ...path].join('.')}`);
    const schema = withNames(found as JsonSchema);
    components[name] = schema;
    names.set(JSON.stringify(schema), name);
  }
  return { components, withNames };
}
