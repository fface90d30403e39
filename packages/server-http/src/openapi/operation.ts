import { STATUS_CODES } from 'node:http';
import { type Field, toJsonSchema } from '../fields.js';
import type { Operation } from '../operations.js';
import { contentTypeOf } from '../read-body.js';
import { errorResponses } from './errors.js';
import type { Shapes } from './shapes.js';

/** One operation of the document. */
export function describeOperation(operation: Operation, { withNames }: Shapes): Record<string, unknown> {
  const { name, route, use_case, path_fields, query_fields, body_fields } = operation;
  const status = route.status ?? 200;
  // Fields that may come in either place are required in neither.
  const takes_both = query_fields.length > 0 && body_fields.length > 0;
  const parameters = [
    ...path_fields.map((field) => parameter(field, 'path', true)),
    ...query_fields.map((field) => parameter(field, 'query', field.is_required && !takes_both)),
  ];
  return {
    operationId: name,
    summary: use_case.summary,
    tags: [name.split('.')[0]],
    security: route.open ? [] : [{ password: [] }, { bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body_fields.length > 0 && { requestBody: requestBody(operation, takes_both) }),
    responses: {
      [status]: {
        description: STATUS_CODES[status],
        content: { 'application/json': { schema: withNames(toJsonSchema(use_case.output, 'output')) } },
      },
      ...errorResponses({
        has_input: parameters.length + body_fields.length > 0,
        has_body: body_fields.length > 0,
        has_file: route.body === 'multipart',
        is_open: route.open ?? false,
        is_limited: use_case.rate !== undefined,
      }),
    },
  };
}

function parameter({ name, schema }: Field, place: 'path' | 'query', required: boolean) {
  return { name, in: place, required, schema };
}

function requestBody({ route, body_fields }: Operation, is_optional: boolean) {
  const required = body_fields.filter((field) => field.is_required).map((field) => field.name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(body_fields.map((field) => [field.name, field.schema])),
    ...(required.length > 0 && !is_optional && { required }),
  };
  return {
    ...(is_optional && { description: 'The fields may also come in the query, which wins.' }),
    required: !is_optional,
    content: { [contentTypeOf(route)]: { schema } },
  };
}
