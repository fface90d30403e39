import { apiRoot, type ErrorBody, type Input, type MethodName, type Output, routes } from '@dialect/protocol';
import { DialectError, networkError } from './errors.js';
import { isObject, parseJson } from './json.js';
import type { ResolvedOptions } from './options.js';

export type Http = <N extends MethodName>(name: N, input: Input<N>, token: string | null) => Promise<Output<N>>;

/** Calls of the HTTP API, made from the protocol's route table. `stop` ends those that are under way. */
export function createHttp(options: ResolvedOptions): { http: Http; stop(): void } {
  const underWay = new Set<AbortController>();

  const http: Http = async (name, input, token) => {
    const abort = new AbortController();
    // A file takes longer: 10 minutes instead of 15 seconds.
    const patience = routes[name].body === 'multipart' ? 40 : 1;
    const timer = setTimeout(() => abort.abort(), options.request_timeout_ms * patience);
    underWay.add(abort);
    try {
      const { url, init } = await requestOf(name, input as Record<string, unknown>);
      const headers = { ...init.headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
      const response = await options
        .fetch(options.http_url + apiRoot + url, { ...init, headers, signal: abort.signal })
        .then(async (answer) => ({ status: answer.status, ok: answer.ok, body: parseJson(await answer.text()) }))
        .catch(() => {
          throw networkError();
        });
      if (!response.ok) throw errorOf(response.status, response.body);
      return response.body as never;
    } finally {
      clearTimeout(timer);
      underWay.delete(abort);
    }
  };

  return {
    http,
    stop() {
      for (const abort of underWay) abort.abort();
    },
  };
}

async function requestOf(name: MethodName, input: Record<string, unknown>) {
  const { method, path, body } = routes[name];
  const rest = { ...input };
  const url = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    delete rest[field];
    return encodeURIComponent(String(input[field]));
  });
  const pairs = new URLSearchParams();
  for (const [field, value] of Object.entries(rest)) if (value != null) pairs.set(field, String(value));
  if (method === 'GET' || method === 'DELETE') return { url: pairs.size ? `${url}?${pairs}` : url, init: { method } };
  if (body === 'multipart') {
    const form = new FormData();
    const file = rest.file as Blob & { name?: string };
    // A Response makes a Blob of bytes and of streams, too.
    form.set('file', await new Response(file).blob(), (rest.filename as string) ?? file.name);
    return { url, init: { method, body: form } };
  }
  const headers: Record<string, string> = {
    'content-type': body === 'form' ? 'application/x-www-form-urlencoded' : 'application/json',
  };
  return { url, init: { method, headers, body: body === 'form' ? pairs.toString() : JSON.stringify(rest) } };
}

/** A proxy in between may answer without our body: then the status says what there is to say. */
function errorOf(status: number, body: unknown): DialectError {
  const known = (isObject(body) ? body : {}) as Partial<ErrorBody>;
  const retryable = status === 429 || status >= 500;
  const code = known.code ?? (status === 401 ? 'UNAUTHORIZED' : retryable ? 'BUSY' : 'NOT_FOUND');
  return new DialectError(code, known.error ?? `Status ${status}.`, { ...known, retryable });
}
