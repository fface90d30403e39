import { type ErrorBody, type Input, type MethodName, type Output, rpcPath } from '@dialect/protocol';
import { DialectError, networkError } from './errors.js';
import { isObject, parseJson } from './json.js';
import type { ResolvedOptions } from './options.js';

export type Http = <N extends MethodName>(name: N, input: Input<N>, token: string | null) => Promise<Output<N>>;

/** Calls over HTTP, all by one path: the table of routes is for those who have no client. `stop` ends what is under way. */
export function createHttp(options: ResolvedOptions): { http: Http; stop(): void } {
  const underWay = new Set<AbortController>();

  const http: Http = async (name, input, token) => {
    const abort = new AbortController();
    const hasFile = 'file' in input;
    // A file takes longer: 10 minutes instead of 15 seconds.
    const timer = setTimeout(() => abort.abort(), options.request_timeout_ms * (hasFile ? 40 : 1));
    underWay.add(abort);
    try {
      const [query, body] = hasFile ? await formOf(input) : ['', JSON.stringify(input)];
      const headers = {
        ...(!hasFile && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
      };
      const response = await options
        .fetch(options.http_url + rpcPath + name + query, { method: 'POST', body, headers, signal: abort.signal })
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

/** The file as a form, and what belongs to it as the query. */
async function formOf({
  file,
  filename,
  ...rest
}: {
  file?: unknown;
  filename?: unknown;
}): Promise<[string, FormData]> {
  const form = new FormData();
  // A Response makes a Blob of bytes and of streams, too. Of an undefined name Node would make the text.
  form.set('file', await new Response(file as Blob).blob(), (filename ?? (file as File).name ?? '') as string);
  return [`?${new URLSearchParams(rest)}`, form];
}

/** A proxy in between may answer without our body: then the status says what there is to say. */
function errorOf(status: number, body: unknown): DialectError {
  const known = (isObject(body) ? body : {}) as Partial<ErrorBody>;
  const retryable = status === 429 || status >= 500;
  const code = known.code ?? (status === 401 ? 'UNAUTHORIZED' : retryable ? 'BUSY' : 'NOT_FOUND');
  return new DialectError(code, known.error ?? `Status ${status}.`, { ...known, retryable });
}
