import { STATUS_CODES } from 'node:http';
import { type Field, type JsonSchema, toJsonSchema } from '../fields.js';
import type { Operation } from '../operations.js';
import { contentTypeOf } from '../read-body.js';
import { errorCodes, errorResponses } from './errors.js';
import { sampleOf } from './sample.js';
import type { Shapes } from './shapes.js';

type Input = Readonly<Record<string, unknown>>;

/** One operation of the document. */
export function describeOperation(operation: Operation, shapes: Shapes): Record<string, unknown> {
  const { name, route, use_case, path_fields, query_fields, body_fields } = operation;
  const status = route.status ?? 200;
  // Fields that may come in either place are required in neither.
  const takes_both = query_fields.length > 0 && body_fields.length > 0;
  const input = exampleInput(operation, shapes);
  const parameters = [
    ...path_fields.map((field) => parameter(field, 'path', true, input)),
    ...query_fields.map((field) => parameter(field, 'query', field.is_required && !takes_both, input)),
  ];
  const schema = shapes.withNames(toJsonSchema(use_case.output, 'output'));
  const codes = errorCodes({
    has_input: parameters.length + body_fields.length > 0,
    has_body: body_fields.length > 0,
    has_file: route.body === 'multipart',
    is_open: route.open ?? false,
    is_limited: use_case.rate !== undefined,
    own: use_case.errors ?? [],
  });
  return {
    operationId: name,
    summary: use_case.summary,
    ...(use_case.description && { description: use_case.description }),
    tags: [name.split('.')[0]],
    security: route.open ? [] : [{ password: [] }, { bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body_fields.length > 0 && { requestBody: requestBody(operation, takes_both, input) }),
    responses: {
      [status]: {
        description: STATUS_CODES[status],
        content: { 'application/json': { schema, example: exampleOutput(schema, input, shapes) } },
      },
      ...errorResponses(codes),
    },
  };
}

/** As declared, or else of what is required. */
function exampleInput({ use_case, path_fields, query_fields, body_fields }: Operation, shapes: Shapes): Input {
  if (use_case.example) return use_case.example as Input;
  const required = [...path_fields, ...query_fields, ...body_fields].filter((field) => field.is_required);
  return Object.fromEntries(required.map(({ name, schema }) => [name, sampleOf(schema, shapes.components, name)]));
}

/** What was asked for comes back: an answer about another chat than the question's would puzzle its readers. */
function exampleOutput(schema: JsonSchema, input: Input, { components }: Shapes): unknown {
  const sample = sampleOf(schema, components);
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) return sample;
  const echoed = Object.entries(input).filter(([name, value]) => typeof (sample as Input)[name] === typeof value);
  return { ...sample, ...Object.fromEntries(echoed) };
}

function parameter({ name, schema }: Field, place: 'path' | 'query', required: boolean, input: Input) {
  return { name, in: place, required, schema, ...(name in input && { example: input[name] }) };
}

function requestBody({ route, body_fields }: Operation, is_optional: boolean, input: Input) {
  const required = body_fields.filter((field) => field.is_required).map((field) => field.name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(body_fields.map((field) => [field.name, field.schema])),
    ...(required.length > 0 && !is_optional && { required }),
  };
  const example = Object.fromEntries(
    body_fields.filter(({ name }) => name in input).map(({ name }) => [name, input[name]]),
  );
  return {
    ...(is_optional && { description: 'The fields may also come in the query, which wins.' }),
    required: !is_optional,
    content: { [contentTypeOf(route)]: { schema, example } },
  };
}
