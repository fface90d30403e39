import { connect } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { createFetchHandler } from '@dialect/server-http';
import { describe, expect, test } from 'vitest';
import { ask, password, startApi } from './support/start-api.js';

const security = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '0',
  'referrer-policy': 'no-referrer',
};
const closedPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What the server answers to bytes that no HTTP client would send. */
function raw(url: string, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(request));
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

describe('headers', () => {
  test.each([
    ['/api/v1/users/check-username/anna', {}, 200],
    ['/api/v1/users/check-username/a', {}, 400],
    ['/api/v1/users/me', {}, 401],
    ['/api/v1/nothing', {}, 404],
    ['/api/v1/chats', { method: 'PUT' }, 405],
    ['/api/v1/auth/register', { method: 'POST', body: '{' }, 415],
    ['/health/live', {}, 200],
    ['/health/live', { method: 'HEAD' }, 200],
    ['/openapi.json', {}, 200],
    ['/docs', {}, 200],
    ['/docs/swagger-ui.css', {}, 200],
    ['/docs/nothing', {}, 404],
    ['/', {}, 404],
    ['/%', {}, 404],
  ])('%s %o has them all, as a %i', async (path, init, status) => {
    const { url } = await startApi();
    const answer = await ask(url + path, init);
    expect(answer.status).toBe(status);
    for (const [name, value] of Object.entries(security))
      expect([name, answer.headers.get(name)]).toEqual([name, value]);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    if (!path.startsWith('/docs')) {
      expect(answer.headers.get('content-security-policy')).toBe(closedPolicy);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  test.each([
    ['a Host that is none', 'GET /health/live HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['a target that is none', 'GET /a\\b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 404],
    ['HTTP/1.0 without a Host', 'GET /health/live HTTP/1.0\r\n\r\n', 200],
  ])('also an answer to %s', async (_, request, status) => {
    const { url, messenger } = await startApi();
    const answer = (await raw(url, request)).toLowerCase();
    expect(answer).toMatch(new RegExp(`^http/1.1 ${status} `));
    for (const [name, value] of Object.entries(security)) expect(answer).toContain(`${name}: ${value.toLowerCase()}`);
    expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test('pages of other origins are not let in', async () => {
    const { url } = await startApi();
    const answer = await ask(`${url}/health/live`, { headers: { origin: 'https://app.example' } });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await ask(`${url}/api/v1/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example' },
    });
    expect(preflight.status).toBe(405);
  });

  test('except those of the option', async () => {
    const { url } = await startApi('memory', { cors_origins: ['https://app.example'] });
    const preflight = (origin: string) =>
      ask(`${url}/api/v1/messages`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      });
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('https://app.example.evil')).headers.get('access-control-allow-origin')).toBeNull();
    // An error that the page cannot read would look like a broken network.
    const error = await ask(`${url}/api/v1/users/me`, { headers: { origin: 'https://app.example' } });
    expect(error.status).toBe(401);
    expect(error.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(error.headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('methods and paths', () => {
  test('a wrong method is a 405 that names the right ones', async () => {
    const { request, url } = await startApi();
    const answer = await request('/chats/', { method: 'DELETE' });
    expect([answer.status, answer.body.code, answer.body.status_code]).toEqual([405, 'UNKNOWN_METHOD', 405]);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    expect((await ask(`${url}/health/live`, { method: 'POST' })).status).toBe(405);
  });

  test('an unknown path is a 404 in the form of every error', async () => {
    const { request, url } = await startApi();
    const answer = await request('/nothing/here');
    const text = 'There is nothing here.';
    expect(answer.body).toEqual({ detail: text, error: text, code: 'NOT_FOUND', status_code: 404 });
    expect((await ask(`${url}/docs/../../package.json`)).status).toBe(404);
    expect((await ask(`${url}/docs/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  test('HEAD is GET without the body', async () => {
    const { join, request } = await startApi();
    const { token } = await join('anna');
    const answer = await request('/users/me', { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('the same handler serves Fetch, with the lighter globals or without', async () => {
    const { messenger } = await startApi('memory');
    const handle = createFetchHandler(messenger, { docs: false });
    expect((await handle(new Request('http://host/health/ready'))).status).toBe(200);
    expect((await handle(new Request('http://host/docs'))).status).toBe(404);
    expect((await handle(new Request('http://host/openapi.json'))).status).toBe(404);
  });
});

describe('health and load', () => {
  test('/health/ready is a 503 while the storage cannot be reached; /health/live does not mind', async () => {
    let is_broken = false;
    const storage = sqlite(':memory:');
    const ping = async () => (is_broken ? Promise.reject(new Error('secret host:3306 is down')) : storage.ping());
    const { url } = await startApi('memory', { storage: { ...storage, ping } });
    expect((await ask(`${url}/health/ready`)).body).toEqual({ status: 'ready' });
    is_broken = true;
    const answer = await ask(`${url}/health/ready`);
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'BUSY', '1']);
    expect(answer.text).not.toContain('3306');
    expect((await ask(`${url}/health/live`)).status).toBe(200);
  });

  test('too many messages are a 429 that says when to come back', async () => {
    const { join } = await startApi();
    const anna = await join('anna');
    const { id } = (await anna.post('/chats/group', { chat_name: 'G', participant_ids: [] })).body;
    const send = () => anna.post('/messages', { chat_id: id, content: 'x' });
    const answers = await Promise.all(Array.from({ length: 45 }, send));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.body.code).toBe('TOO_MANY_REQUESTS');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await anna.get(`/chats/${id}`)).body.last_seq).toBe(40);
  });

  test('after the messenger has closed everything is a 503', async () => {
    const { join, messenger } = await startApi();
    const anna = await join('anna');
    await messenger.close();
    const answer = await anna.get('/chats');
    expect([answer.status, answer.body.code]).toEqual([503, 'SHUTTING_DOWN']);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('a fault of ours leaves without its text, under the id that the log has', async () => {
    const storage = sqlite(':memory:');
    const broken = {
      ...storage,
      chats: { ...storage.chats, list: () => Promise.reject(new Error('select * from secrets')) },
    };
    const { join, messenger } = await startApi('memory', { storage: broken });
    const anna = await join('anna');
    const answer = await anna.get('/chats');
    expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
    expect(answer.text).not.toContain('secrets');
    expect(messenger.lines.at(-1)?.fields).toMatchObject({ correlation_id: answer.body.correlation_id });
  });
});

test('every method by its name: the input is the body and nothing else, the rest as on its route', async () => {
  const api = await startApi();
  const [ann, ben] = [await api.join('ann_k'), await api.join('ben_k')];
  const call = (name: string, input: object) => ann.post(`/rpc/${name}`, input);
  const { body: chat } = await call('chats.createPrivate', { target_user_id: ben.id });
  expect(await call('messages.send', { chat_id: chat.id, content: 'x' })).toMatchObject({
    status: 200,
    body: { seq: 1 },
  });
  expect((await call('messages.history', { chat_id: chat.id })).body).toHaveLength(1);
  expect((await ann.post(`/rpc/chats.get?chat_id=${chat.id}`, {})).body).toMatchObject({ field: 'chat_id' });
  expect((await call('chats.leave', { chat_id: chat.id })).body).toMatchObject({ code: 'CHAT_IS_PRIVATE' });
  for (const name of ['chats.vanish', '__proto__', 'constructor'])
    expect((await call(name, {})).body).toMatchObject({ code: 'UNKNOWN_METHOD', status_code: 404, field: 'method' });
  expect((await api.post('/rpc/chats.vanish', {})).body).toMatchObject({ code: 'UNKNOWN_METHOD' });
  expect((await api.post('/rpc/users.me', {})).status).toBe(401);
  const signedIn = await api.post('/rpc/auth.signIn', { username: ann.phone, password });
  expect(signedIn).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
});
