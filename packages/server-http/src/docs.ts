import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { createAsyncApiDocument } from './asyncapi/document.js';
import { createOpenApiDocument } from './openapi/document.js';
import { mountRedoc } from './redoc.js';

/** The only files that are served: the names come from here and never from a request. */
const files = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

// Addresses from the root: the page answers at /docs and at /docs/, and relative ones would differ.
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Dialect API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

// No validator: it would show the document's address to somebody else's server.
const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;

/** Swagger UI styles its parts by attributes, and carries its icons as data. All else comes from this server. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/openapi.json` and `/asyncapi.json`, Swagger UI at `/docs` and Redoc at `/redoc`, from this machine's disk. */
export function mountDocs(app: Hono): void {
  let document: string | null = null;
  app.get('/openapi.json', (c) => {
    // Made when somebody first asks: most processes never are.
    document ??= JSON.stringify(createOpenApiDocument());
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
  let socket_document: string | null = null;
  app.get('/asyncapi.json', (c) => {
    socket_document ??= JSON.stringify(createAsyncApiDocument());
    return c.body(socket_document, 200, { 'content-type': 'application/json' });
  });
  mountRedoc(app);
  app.get('/docs', (c) => c.html(page, 200, { 'content-security-policy': contentSecurityPolicy }));
  app.get('/docs/start.js', (c) => c.body(start, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const [name, type] of Object.entries(files)) {
    app.get(`/docs/${name}`, async (c) =>
      c.body(await readFile(join(swaggerUiFolder(), name)), 200, {
        'content-type': type,
        'cache-control': 'public, max-age=3600',
      }),
    );
  }
}
