import { api, type UseCase } from '@dialect/core';
import { type MethodName, type Route, routes } from '@dialect/protocol';
import { type Field, fieldsOf } from './fields.js';

/** A route with its use case, and where each field of the input travels. */
export interface Operation {
  name: MethodName;
  route: Route;
  use_case: UseCase;
  path_fields: readonly Field[];
  query_fields: readonly Field[];
  /** Empty when the route reads no body. */
  body_fields: readonly Field[];
}

/** Every use case that has a route, in the order of the table: there `/users/search` comes before `/users/{user_id}`. */
export function createOperations(): Operation[] {
  return (Object.keys(routes) as MethodName[]).map((name) => toOperation(name, routes[name], api[name]));
}

function toOperation(name: MethodName, route: Route, use_case: UseCase): Operation {
  const fields = fieldsOf(use_case.input);
  const in_path = new Set(Array.from(route.path.matchAll(/\{(\w+)\}/g), ([, field]) => field));
  const rest = fields.filter((field) => !in_path.has(field.name));
  const has_body = route.method !== 'GET' && (route.method !== 'DELETE' || route.body !== undefined);
  // Only where the table says so: texts and passwords stay out of addresses, which end up in logs.
  const takes_both = has_body && (route.query ?? false);
  return {
    name,
    route,
    use_case,
    path_fields: fields.filter((field) => in_path.has(field.name)),
    query_fields: !has_body || takes_both ? rest : [],
    body_fields: has_body ? rest : [],
  };
}
