import { api } from '@dialect/core';
import { routes } from '@dialect/protocol';
import { createOpenApiDocument } from '@dialect/server-http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { ask, startApi } from './support/start-api.js';

// biome-ignore lint/suspicious/noExplicitAny: a document is looked into field by field
const document = createOpenApiDocument() as any;

describe('/openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result.errors).toBeUndefined();
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
    // Every $ref leads somewhere.
    validator.resolveRefs();
    const names = new Set(
      [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name),
    );
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...names] as string[]));
  });

  test('is what the server serves', async () => {
    const { url } = await startApi();
    const answer = await ask(`${url}/openapi.json`);
    expect(answer.body).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test.each(Object.entries(routes))('%s is there, with every field of its path', (name, route) => {
    const operation = document.paths[`/api/v1${route.path}`][route.method.toLowerCase()];
    expect(operation).toMatchObject({
      operationId: name,
      summary: api[name as keyof typeof api].summary,
      tags: [name.split('.')[0]],
    });
    const inPath = (operation.parameters ?? []).filter((one: { in: string }) => one.in === 'path');
    expect(inPath.map((one: { name: string }) => `{${one.name}}`)).toEqual(route.path.match(/\{\w+\}/g) ?? []);
    expect(Object.keys(operation.responses)).toContain(String(route.status ?? 200));
    expect(operation.responses.default.content['application/json'].schema.$ref).toBe('#/components/schemas/ErrorBody');
    expect(operation.security).toHaveLength(route.open ? 0 : 2);
  });

  test('entities have names, and contain one another by name', () => {
    const { schemas } = document.components;
    const names = ['User', 'Me', 'Member', 'Message', 'Chat', 'Changes', 'Token', 'ErrorBody'];
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(names));
    expect(schemas.Chat.properties.participants.items).toEqual({ $ref: '#/components/schemas/Member' });
    expect(schemas.Changes.properties.messages.items).toEqual({ $ref: '#/components/schemas/Message' });
    const list = document.paths['/api/v1/chats'].get.responses[200].content['application/json'].schema;
    expect(list).toEqual({ type: 'array', items: { $ref: '#/components/schemas/Chat' } });
  });

  test('bodies, queries and the form are where the server reads them', () => {
    const { paths } = document;
    const form = paths['/api/v1/auth/token'].post.requestBody.content;
    expect(Object.keys(form)).toEqual(['application/x-www-form-urlencoded']);
    expect(form['application/x-www-form-urlencoded'].schema.required).toEqual(['username', 'password']);
    const history = paths['/api/v1/messages/history/{chat_id}'].get.parameters;
    expect(history.map((one: { name: string; in: string }) => `${one.in} ${one.name}`)).toEqual([
      'path chat_id',
      'query limit',
      'query offset',
      'query before_seq',
      'query after_seq',
      'query with_system',
    ]);
    const upload = paths['/api/v1/messages/upload'].post;
    expect(upload.requestBody.content['multipart/form-data'].schema).toMatchObject({
      properties: { file: { type: 'string', format: 'binary' }, filename: { type: 'string' } },
      required: ['file'],
    });
    expect(upload.responses[200].content['application/json'].schema.$ref).toBe('#/components/schemas/UploadedMedia');
    const { patch, put } = paths['/api/v1/users/me'];
    expect(put).toEqual({ ...patch, operationId: 'users.update.put' });
    const add = paths['/api/v1/chats/{chat_id}/users'].post;
    expect(add.parameters[1]).toMatchObject({ name: 'user_id', in: 'query', required: false });
    expect(add.requestBody.required).toBe(false);
    expect(paths['/api/v1/chats/{chat_id}/leave'].post.requestBody).toBeUndefined();
  });
});

describe('/docs', () => {
  test.each(['/docs', '/docs/'])('%s is a page whose parts all come from this server', async (path) => {
    const { url } = await startApi();
    const page = await ask(url + path);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("script-src 'self' 'unsafe");
    const parts = Array.from(page.text.matchAll(/(?:src|href)="([^"]+)"/g), ([, part]) => part as string);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) {
      expect(part).toMatch(/^\/docs\//);
      const answer = await ask(url + part);
      expect([part, answer.status, answer.text.length > 50]).toEqual([part, 200, true]);
      const type = { css: 'text/css', js: 'text/javascript', png: 'image/png' }[part.split('.').at(-1) as string];
      expect(answer.headers.get('content-type')).toContain(type);
    }
    expect(page.text).not.toMatch(/https?:/);
  });
});

describe('/redoc', () => {
  test.each(['/redoc', '/redoc/', '/redoc/socket', '/redoc/socket/'])(
    '%s is a page of this server alone',
    async (path) => {
      const { url } = await startApi();
      const page = await ask(url + path);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
      const policy = page.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(page.text).not.toMatch(/https?:/);
      const start = await ask(`${url}/redoc/start.js`);
      const imported = /from '([^']+)'/.exec(start.text)?.[1];
      const bundle = await ask(url + imported);
      expect([bundle.status, bundle.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
      expect(bundle.text.length).toBeGreaterThan(1_000_000);
      expect(bundle.text).not.toContain('https://cdn.redoc.ly/');
      const described = await ask(url + (/data-document="([^"]+)"/.exec(page.text)?.[1] as string));
      expect(described.status).toBe(200);
    },
  );
});
