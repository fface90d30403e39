import { api, MessengerError } from '@dialect/core';
import { type errorTable, type MethodName, routes } from '@dialect/protocol';
import { createOpenApiDocument } from '@dialect/server-http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into field by field
const document = createOpenApiDocument() as any;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addFormat('int64', true);
ajv.addSchema({ $id: 'document', components: document.components });

/** What is wrong with a value, by the document's own schema. */
function problems(schema: object, value: unknown): unknown {
  const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/'));
  const validate = ajv.compile(rooted);
  return validate(value) ? null : validate.errors;
}

const names = Object.keys(routes) as MethodName[];
const operationOf = (name: MethodName) =>
  document.paths[`/api/v1${routes[name].path}`][routes[name].method.toLowerCase()];

describe('every use case', () => {
  // One line each in its declaration: `description: '...'`, `errors: ['CODE', ...]` (or `errors: []`).
  test('says what its callers have to know', () => {
    expect(names.filter((name) => !api[name].description)).toEqual([]);
  });

  test('says which errors its rules have', () => {
    expect(names.filter((name) => api[name].errors === undefined)).toEqual([]);
  });

  // A made-up input that its rules refuse needs an `example` in the declaration; a made-up value that its schema refuses
  // a line in openapi/sample.ts.
  test.each(names)('%s has examples that fit their own schemas', (name) => {
    const operation = operationOf(name);
    const input: Record<string, unknown> = {};
    for (const one of operation.parameters ?? []) {
      if (one.required)
        expect([one.name, one]).toEqual([one.name, expect.objectContaining({ example: expect.anything() })]);
      if (!('example' in one)) continue;
      expect(problems(one.schema, one.example)).toBeNull();
      input[one.name] = one.example;
    }
    for (const body of Object.values(operation.requestBody?.content ?? {}) as { schema: object; example: object }[]) {
      expect(body.example).toBeDefined();
      expect(problems(body.schema, body.example)).toBeNull();
      Object.assign(input, body.example);
    }
    // Also by the rules that a schema cannot say; a file is bytes there, and text in a document.
    if ('file' in input) input.file = new Uint8Array([1]);
    expect(api[name].input.safeParse(input).error).toBeUndefined();
    const answer = operation.responses[routes[name].status ?? 200].content['application/json'];
    expect(answer.example).toBeDefined();
    expect(problems(answer.schema, answer.example)).toBeNull();
    expect(api[name].output.safeParse(answer.example).error).toBeUndefined();
  });

  test.each(names)('%s shows the body of every error that it can answer', (name) => {
    const { responses } = operationOf(name);
    const shown: string[] = [];
    for (const [status, response] of Object.entries(responses) as [string, { content: Record<string, unknown> }][]) {
      const { schema, examples = {} } = response.content['application/json'] as {
        schema: object;
        examples?: Record<string, { value: { code: keyof typeof errorTable } }>;
      };
      for (const [code, { value }] of Object.entries(examples)) {
        expect([code, problems(schema, value)]).toEqual([code, null]);
        expect(value).toMatchObject({ code, status_code: Number(status) });
        expect(String(new MessengerError(value.code).status)).toBe(status);
        shown.push(code);
      }
    }
    expect(shown).toEqual(expect.arrayContaining([...(api[name].errors ?? []), 'INTERNAL', 'BUSY']));
    expect(shown.includes('UNAUTHORIZED')).toBe(!routes[name].open);
  });
});
