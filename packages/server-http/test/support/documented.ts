import { apiRoot, type ErrorBody } from '@dialect/protocol';
import { createOpenApiDocument } from '@dialect/server-http';

interface Documented {
  pattern: RegExp;
  method: string;
  responses: Record<string, { content: Record<string, { examples?: Record<string, unknown> }> }>;
}

let operations: Documented[] | undefined;

function read(): Documented[] {
  return Object.entries(createOpenApiDocument().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`),
      method: method.toUpperCase(),
      responses: (operation as Documented).responses,
    })),
  );
}

/** @throws when a route answers an error that the OpenAPI document does not list: a line of `errors` is missing */
export function mustBeDocumented(path: string, method: string, error: ErrorBody): void {
  operations ??= read();
  const full = apiRoot + path.replace(/\?.*$/, '');
  // The first that fits, as the server decides: `/users/search` stands before `/users/{user_id}`.
  const operation = operations.find((one) => one.method === method && one.pattern.test(full));
  if (!operation) return;
  const examples = operation.responses[error.status_code]?.content['application/json']?.examples ?? {};
  if (error.code in examples) return;
  throw new Error(`${method} ${full} answered ${error.code}, which its OpenAPI entry does not list.`);
}
