import { z } from 'zod';

/** A JSON Schema, as far as this package looks into one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** One field of a use case's input, as its schema declares it. */
export interface Field {
  name: string;
  schema: JsonSchema;
  is_required: boolean;
  /** What a text from a path, a query or a form becomes. */
  kind: 'text' | 'number' | 'boolean' | 'file' | 'structure';
}

const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The fields of a use case's input, from its schema: nothing about a route is written twice. */
export function fieldsOf(input: z.ZodType): Field[] {
  const { properties = {}, required = [] } = toJsonSchema(input, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    is_required: required.includes(name),
    kind: kindOf(schema),
  }));
}

/**
 * The value that a text stands for. A text that is no such value stays one, and the use case's validation then names
 * the field: what is wrong is said in one place only.
 */
export function fromText({ kind }: Field, text: string): unknown {
  if (kind === 'number') return /^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : text;
  // FastAPI, on which the seeds run, takes these four among others; `True` is what Python's clients write.
  if (kind === 'boolean') return booleans.get(text.toLowerCase()) ?? text;
  return text;
}

/** `target`: AsyncAPI reads draft 7 where OpenAPI 3.1 reads 2020-12. */
export function toJsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12',
): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target, unrepresentable: 'any', override: tidy });
  return rest;
}

/** Leaves out what is true but tells a reader, or a generator of clients, nothing. */
function tidy({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  // Later versions add fields to answers, and unknown fields of an input are dropped: neither is an error.
  delete jsonSchema.additionalProperties;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.type === 'integer' && jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
    delete jsonSchema.maximum;
    jsonSchema.format = 'int64';
  }
}

function kindOf(schema: JsonSchema): Field['kind'] {
  if (schema.format === 'binary') return 'file';
  const variants = [schema, ...((schema.anyOf as JsonSchema[] | undefined) ?? [])];
  const types = new Set(variants.flatMap((variant) => variant.type as string | string[] | undefined));
  // A text that may be text is left as it is: "0123" is a username, and not 123.
  if (types.has('string')) return 'text';
  if (types.has('integer') || types.has('number')) return 'number';
  if (types.has('boolean')) return 'boolean';
  return 'structure';
}
