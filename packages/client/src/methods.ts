import { type Input, type MethodName, type Methods, routes } from '@dialect/protocol';
import type { Client } from './types.js';

/** `call('messages.send', input)` as `messages.send(input)`, for every method of the protocol. */
export function createMethods(call: Client['call']): Methods {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const name of Object.keys(routes) as MethodName[]) {
    const [group, method] = name.split('.') as [string, string];
    groups[group] ??= {};
    groups[group][method] = (input: Input<MethodName> = {}) => call(name, input);
  }
  return groups as unknown as Methods;
}
