export interface HttpOptions {
  /** Bytes of a request's body; a larger one is answered with BODY_TOO_LARGE. @default 1048576 */
  max_body_bytes?: number;
  /**
   * Origins whose pages may call the API from a browser, such as `https://app.example`; `['*']` for every page, which
   * is safe as far as it goes: a caller is known by a token and never by a cookie.
   * @default none
   */
  cors_origins?: readonly string[];
  /** Serve `/openapi.json`, `/asyncapi.json`, `/docs` and `/redoc`. @default true */
  docs?: boolean;
}

export interface NodeHandlerOptions extends HttpOptions {
  /**
   * Replace `Request` and `Response` of this process by the lighter ones of @hono/node-server: more requests a second,
   * but every other user of these globals gets them too. For a process that is a server and nothing else.
   * @default false
   */
  override_globals?: boolean;
}

export function resolveHttpOptions(given: HttpOptions): Required<HttpOptions> {
  return {
    max_body_bytes: given.max_body_bytes ?? 1024 * 1024,
    cors_origins: given.cors_origins ?? [],
    docs: given.docs ?? true,
  };
}
