import type { Input, MethodName } from '@dialect/protocol';
import { newClientId } from './client-id.js';
import { isDialectError } from './errors.js';
import type { Http } from './http.js';
import type { Requests } from './requests.js';
import type { Tokens } from './tokens.js';
import type { Client } from './types.js';

/** The server does these once however often they come, because they carry a client id. */
const withClientId: readonly MethodName[] = ['messages.send', 'messages.forward', 'chats.create', 'chats.createGroup'];
/** These change nothing. */
export const reads = /\.(me|get|list|search|checkUsername|blocked|history|pins|readers|heads|changes)$/;

export interface CallerHooks {
  requests: Requests;
  http: Http;
  tokens: Tokens;
  isOnline(): boolean;
}

export function createCaller({ requests, http, tokens, isOnline }: CallerHooks): Client['call'] {
  /** A token that has run out while nothing was connected is exchanged once. */
  async function overHttp<N extends MethodName>(name: N, input: Input<N>) {
    const token = await tokens.current();
    try {
      return await http(name, input, token);
    } catch (error) {
      if (!isDialectError(error) || error.code !== 'UNAUTHORIZED') throw error;
      const fresh = await tokens.fresh();
      if (fresh === null || fresh === token) throw error;
      return http(name, input, fresh);
    }
  }

  return async (name, given) => {
    const input = withClientId.includes(name) ? { client_id: newClientId(), ...given } : given;
    // What concerns the token itself stays off the socket, which has an owner already; a file does not fit on it.
    if (!isOnline() || name.startsWith('auth.') || 'file' in input) return overHttp(name, input);
    try {
      return await requests.ask({ type: 'rpc', method: name, params: input });
    } catch (error) {
      const isRepeatable = reads.test(name) || withClientId.includes(name);
      if (!isRepeatable || !isDialectError(error) || error.code !== 'NETWORK') throw error;
      return overHttp(name, input);
    }
  };
}
