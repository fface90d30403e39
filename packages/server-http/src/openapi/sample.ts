import type { JsonSchema } from '../fields.js';

/** What fields are called when somebody shows them. A field without a line here gets any value that its schema allows. */
const values: Readonly<Record<string, unknown>> = {
  id: 3,
  user_id: 3,
  target_user_id: 3,
  sender_id: 3,
  owner_id: 3,
  'Message.id': 42,
  message_id: 42,
  'Chat.id': 7,
  chat_id: 7,
  emoji: '👍',
  username: 'john_doe',
  first_name: 'John',
  last_name: 'Doe',
  phone_number: '+79991234567',
  bio: 'Hello, I am John.',
  status_text: 'On holiday',
  avatar_url: null,
  banner_url: null,
  external_id: null,
  public_key: '',
  nickname: null,
  chat_type: 'group',
  chat_name: 'Friends',
  content: 'Hello world!',
  client_id: 'c-81',
  reply_to_id: null,
  edited_at: null,
  left_at: null,
  status_expires_at: null,
  status: 'sent',
  seq: 10,
  last_seq: 10,
  rev: 13,
  joined_seq: 0,
  read_seq: 10,
  delivered_seq: 10,
  unread_count: 0,
  from: 9,
  to: 13,
  epoch: '6f1c9b0e-5b0e-4f5c-9d1c-0a52a3b1c0de',
  access_token: 'eyJhbGciOiJIUzI1NiJ9.…',
  expires_in: 3600,
  is_available: true,
  is_active: true,
  is_online: true,
  is_member: true,
  is_typing: true,
};
const moment = '2026-01-01T12:00:00.000Z';
const depth_max = 12;

export type Components = Readonly<Record<string, JsonSchema>>;

/** A value that fits the schema. `name`: of the field it stands in, or of the entity it is. */
export function sampleOf(schema: JsonSchema, components: Components, name = '', depth = 0): unknown {
  const inner = (part: unknown, part_name = name) => sampleOf(part as JsonSchema, components, part_name, depth + 1);
  if (depth > depth_max) return null;
  if (typeof schema.$ref === 'string') {
    const entity = schema.$ref.split('/').at(-1) as string;
    return inner(components[entity], entity);
  }
  if ('const' in schema) return schema.const;
  if (name in values && typeof values[name] !== 'object' && fits(values[name], schema)) return values[name];
  if (name in values && values[name] === null && mayBeNull(schema)) return null;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.anyOf)) return inner(schema.anyOf[0]);
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map((part) => inner(part)));
  return ofType(schema, inner, name);
}

function ofType(schema: JsonSchema, inner: (part: unknown, name?: string) => unknown, name: string): unknown {
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
      // `User.id` is looked up before `id`.
      const named = (field: string) => (`${name}.${field}` in values ? `${name}.${field}` : field);
      return Object.fromEntries(properties.map(([field, part]) => [field, inner(part, named(field))]));
    }
    case 'array': {
      const tuple = schema.prefixItems ?? schema.items;
      return Array.isArray(tuple) ? tuple.map((part) => inner(part, '')) : [inner(schema.items, '')];
    }
    case 'string':
      return schema.format === 'date-time' ? moment : 'text';
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema.minimum ?? 1));
    case 'boolean':
      return false;
    default:
      return null;
  }
}

function fits(value: unknown, schema: JsonSchema): boolean {
  const variants = (schema.anyOf as JsonSchema[] | undefined) ?? [schema];
  const type = typeof value === 'number' ? 'integer' : typeof value;
  return variants.some((one) => one.type === type && (!Array.isArray(one.enum) || one.enum.includes(value)));
}

function mayBeNull(schema: JsonSchema): boolean {
  return ((schema.anyOf as JsonSchema[] | undefined) ?? []).some((one) => one.type === 'null');
}
