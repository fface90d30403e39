import type { Input, MethodName, Methods } from '@dialect/protocol';
import type { Client } from './types.js';

/**
 * `call('messages.send', input)` as `messages.send(input)`, for every method of a group, beside what `own` has. Made when
 * it is asked for: a list of all methods would be a large part of what an app loads.
 */
export function createMethods(call: Client['call']) {
  return <G extends keyof Methods, Own extends object>(group: G, own: Own): Omit<Methods[G], keyof Own> & Own =>
    new Proxy(own, {
      get(target, name) {
        // A promise asks whatever it is resolved with for `then`, and JSON.stringify all that it meets for `toJSON`.
        if (name in target || typeof name !== 'string' || /^(then|toJSON)$/.test(name))
          return Reflect.get(target, name);
        return (input = {}) => call(`${group}.${name}` as MethodName, input as Input<MethodName>);
      },
    }) as never;
}
