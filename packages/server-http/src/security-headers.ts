import type { MiddlewareHandler } from 'hono';

/** On every answer: it is data, so a browser may neither run, frame, guess, keep nor pass it on. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Off: the filter that it steered could be turned against a page (OWASP HTTP Headers Cheat Sheet).
  'X-XSS-Protection': '0',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** Adds them, except where an answer brings its own: the documentation needs scripts, and its files may be kept. */
export function secure(response: Response): Response {
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

export const addSecurityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  secure(c.res);
};
