import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Hono } from 'hono';

const javascript = 'text/javascript; charset=utf-8';

/** Redoc reads both kinds of document, and its pages differ in nothing else. */
const pages = {
  '/redoc': { title: 'Dialect API', document: '/openapi.json' },
  '/redoc/socket': { title: 'Dialect socket', document: '/asyncapi.json' },
};

const page = (title: string, document: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <div id="redoc" data-document="${document}"></div>
    <script type="module" src="/redoc/start.js"></script>
  </body>
</html>
`;

// Telemetry would tell somebody else's server who reads this.
const start = `import { init } from '/redoc/redoc.standalone.js';
const element = document.getElementById('redoc');
init(element.dataset.document, { disableTelemetry: true, router: 'hash', hideDownloadButtons: true }, element);
`;

/** Redoc writes its styles into the page and carries its pictures and a font as data. All else comes from this server. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Beside the built package: its build copies the bundle there, because the npm package of Redoc would bring React, a
 * router and telemetry into every server for the sake of this one file.
 */
function bundle(): Promise<Buffer> {
  // The CommonJS build has no import.meta, the other one no __filename.
  return readFile(createRequire(import.meta.url ?? __filename).resolve('#redoc'));
}

/** Redoc at `/redoc` for the HTTP API and at `/redoc/socket` for the WebSocket. */
export function mountRedoc(app: Hono): void {
  for (const [path, { title, document }] of Object.entries(pages)) {
    app.get(path, (c) => c.html(page(title, document), 200, { 'content-security-policy': contentSecurityPolicy }));
  }
  app.get('/redoc/start.js', (c) => c.body(start, 200, { 'content-type': javascript }));
  app.get('/redoc/redoc.standalone.js', async (c) => {
    const headers = { 'content-type': javascript, 'cache-control': 'public, max-age=3600' };
    return c.body(new Uint8Array(await bundle()), 200, headers);
  });
}
