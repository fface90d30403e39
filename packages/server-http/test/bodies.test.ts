import { connect } from 'node:net';
import { createFetchHandler } from '@dialect/server-http';
import { describe, expect, test } from 'vitest';
import { type Answer, type Api, password, startApi } from './support/start-api.js';

const json = 'application/json';

async function send(body: BodyInit, type: string | null = json, path = '/messages'): Promise<[Answer, Api]> {
  const api = await startApi();
  const { token } = await api.join('anna');
  const headers = { authorization: `Bearer ${token}`, ...(type !== null && { 'content-type': type }) };
  return [await api.request(path, { method: 'POST', headers, body, duplex: 'half' } as RequestInit), api];
}
const verdict = ({ status, body }: Answer) => [status, body.code];
const bytes = (text: string) => new TextEncoder().encode(text);

describe('bodies', () => {
  test.each([
    ['{"chat_id": 1, "content": "x"', 400, 'MALFORMED_BODY'],
    ['not json', 400, 'MALFORMED_BODY'],
    ["{'chat_id': 1}", 400, 'MALFORMED_BODY'],
    ['{"content": NaN}', 400, 'MALFORMED_BODY'],
    [' ', 400, 'MALFORMED_BODY'],
    ['[]', 422, 'INVALID_INPUT'],
    ['null', 422, 'INVALID_INPUT'],
    ['"text"', 422, 'INVALID_INPUT'],
    ['42', 422, 'INVALID_INPUT'],
    ['', 422, 'INVALID_INPUT'],
    ['{}', 422, 'INVALID_INPUT'],
    ['{"__proto__": {"chat_id": 1, "content": "x"}}', 422, 'INVALID_INPUT'],
    ['{"constructor": {"prototype": {"chat_id": 1}}}', 422, 'INVALID_INPUT'],
  ])('%s is a %i', async (body, status, code) => {
    const [answer] = await send(body);
    expect(verdict(answer)).toEqual([status, code]);
    expect(({} as Record<string, unknown>).chat_id).toBeUndefined();
  });

  test('what is not UTF-8 is not guessed at', async () => {
    const [answer] = await send(Uint8Array.from([...bytes('{"content":"'), 0xff, 0xfe, ...bytes('"}')]));
    expect(verdict(answer)).toEqual([400, 'MALFORMED_BODY']);
    const [binary] = await send(Uint8Array.from({ length: 1_000 }, (_, n) => n % 256));
    expect(verdict(binary)).toEqual([400, 'MALFORMED_BODY']);
  });

  test.each([
    ['arrays', '['.repeat(100_000) + ']'.repeat(100_000), 422],
    ['arrays that never close', '['.repeat(100_000), 400],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 422],
    ['arrays in a field', `{"content":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422],
  ])('100,000 nested %s are an ordinary error', async (_, body, status) => {
    const [answer, { url }] = await send(body);
    expect(answer.status).toBe(status);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json5',
    'application/json; charset=utf-16',
    '',
    null,
  ])('JSON is not read from %s', async (type) => {
    const [answer] = await send(bytes('{"chat_id":1,"content":"x"}'), type);
    expect(verdict(answer)).toEqual([415, 'UNSUPPORTED_CONTENT_TYPE']);
    expect(answer.body.detail).toContain('application/json');
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])('but from %s', async (type) => {
    expect(verdict((await send('{}', type))[0])).toEqual([422, 'INVALID_INPUT']);
  });

  test('signing in takes a form and nothing else', async () => {
    const { join, post, request } = await startApi();
    const { phone } = await join('anna');
    expect((await post('/auth/token', { username: phone, password })).status).toBe(415);
    const form = `grant_type=password&username=${encodeURIComponent(phone)}&password=${encodeURIComponent(password)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', authorization: 'Basic Og==' };
    expect((await request('/auth/token', { method: 'POST', headers, body: form })).status).toBe(200);
    const query = await request(`/auth/token?${form}`, { method: 'POST' });
    expect([query.status, query.body.field]).toEqual([422, 'username']);
  });

  test('a body larger than the limit is a 413, announced or not', async () => {
    const large = `{"content":"${'x'.repeat(1024 * 1024)}"}`;
    expect(verdict((await send(large))[0])).toEqual([413, 'BODY_TOO_LARGE']);
    let left = 128;
    const stream = new ReadableStream({
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(64 * 1024)) : controller.close()),
    });
    expect(verdict((await send(stream))[0])).toEqual([413, 'BODY_TOO_LARGE']);
    const [fits] = await send(`{"content":"${'x'.repeat(1024 * 1024 - 14)}"}`);
    expect([fits.status, fits.body.field]).toEqual([422, 'chat_id']);
  });

  test('no more is read than the limit allows', async () => {
    const { messenger } = await startApi();
    const handle = createFetchHandler(messenger, { max_body_bytes: 1_000 });
    let pulled = 0;
    const pull = (controller: ReadableStreamDefaultController) => {
      if (pulled++ < 100) controller.enqueue(new Uint8Array(500));
      else controller.close();
    };
    const init = {
      method: 'POST',
      body: new ReadableStream({ pull }),
      headers: { 'content-type': json },
      duplex: 'half',
    };
    expect((await handle(new Request('http://host/api/v1/auth/register', init as RequestInit))).status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  test('the limit is an option, and holds for a Request whose announced length is a lie', async () => {
    const { messenger } = await startApi();
    const handle = createFetchHandler(messenger, { max_body_bytes: 10 });
    const post = (body: string, headers = {}) =>
      handle(
        new Request('http://host/api/v1/auth/register', {
          method: 'POST',
          body,
          headers: { 'content-type': json, ...headers },
        }),
      );
    expect((await post('{"a": "too long"}')).status).toBe(413);
    expect((await post('{"a": "too long"}', { 'content-length': '3' })).status).toBe(413);
    expect((await post('{"a": 123}')).status).toBe(422);
    expect((await post('{"a": 123}', { 'content-length': '10' })).status).toBe(422);
  });

  test('a client that goes away in the middle of its body is no fault of the server', async () => {
    const { url, messenger } = await startApi();
    for (const head of ['Content-Length: 1000', 'Transfer-Encoding: chunked']) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
          socket.write(
            `POST /api/v1/auth/register HTTP/1.1\r\nHost: a\r\nContent-Type: ${json}\r\n${head}\r\n\r\n5\r\n{"a":`,
          );
          setTimeout(() => socket.destroy(), 50);
        });
        socket.on('close', () => setTimeout(resolve, 50));
      });
    }
    expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});
