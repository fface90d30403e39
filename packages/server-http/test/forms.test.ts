import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answer, startApi } from './support/start-api.js';
import { startMedia } from './support/start-media.js';

const verdict = ({ status, body }: Answer) => [status, body?.code, body?.field];
const isTrouble = ({ level }: { level: string }) => level !== 'info';
const type = 'multipart/form-data; boundary=b';
const part = (disposition: string, content = 'content') =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`;
const end = '--b--\r\n';
/** Longer than the bytes that say what it is: so it is being stored when something else turns out to be wrong. */
const long = 'content'.repeat(1_000);
const file = (content = long, name = 'file') => part(`name="${name}"; filename="a.txt"`, content);

describe('a form', () => {
  test.each([
    ['no part at all', end, 422, 'INVALID_INPUT', 'file'],
    ['a file that is a mere word', part('name="file"') + end, 422, 'INVALID_INPUT', 'file'],
    ['a file in another field', file('x', 'picture') + end, 422, 'INVALID_INPUT', 'file'],
    ['a file without a field', part('filename="a"') + end, 422, 'INVALID_INPUT', 'file'],
    [
      'a part that is none of a form',
      `--b\r\nContent-Disposition: inline\r\n\r\nx\r\n${end}`,
      422,
      'INVALID_INPUT',
      'file',
    ],
    ['two files', file() + file() + end, 422, 'INVALID_INPUT', 'file'],
    ['another file behind it', file() + file('x', 'other') + end, 422, 'INVALID_INPUT', 'file'],
    ['a name of a field of 1,000 bytes', file('x', 'n'.repeat(1_000)) + end, 422, 'INVALID_INPUT', 'file'],
    ['no end', file(), 400, 'MALFORMED_BODY', undefined],
    ['no end of the file', file().slice(0, -2), 400, 'MALFORMED_BODY', undefined],
    ['nothing', '', 400, 'MALFORMED_BODY', undefined],
    ['no form in it', '{"file": "x"}', 400, 'MALFORMED_BODY', undefined],
    ['too many words', part('name="x"').repeat(40) + file() + end, 400, 'MALFORMED_BODY', undefined],
    ['too many words behind it', file() + part('name="x"').repeat(40) + end, 400, 'MALFORMED_BODY', undefined],
  ])('with %s is refused and leaves nothing', async (_, body, status, code, field) => {
    const { send, files, storage, messenger } = await startMedia();
    expect(verdict(await send(body, type))).toEqual([status, code, field]);
    await sleep(20);
    expect([files().length, messenger.lines.filter(isTrouble).length]).toEqual([0, 0]);
    expect(await storage.media.condemnUnused({ before: Number.MAX_SAFE_INTEGER, at: 1, limit: 9 })).toEqual([]);
  });

  test.each([
    ['multipart/form-data', 400, 'MALFORMED_BODY'],
    ['multipart/form-data; boundary=', 400, 'MALFORMED_BODY'],
    ['multipart/form-data; boundary=c', 400, 'MALFORMED_BODY'],
    ['multipart/mixed; boundary=b', 415, 'UNSUPPORTED_CONTENT_TYPE'],
    ['application/json', 415, 'UNSUPPORTED_CONTENT_TYPE'],
    ['text/plain', 415, 'UNSUPPORTED_CONTENT_TYPE'],
  ])('is not read from %s', async (wrong, status, code) => {
    const { send } = await startMedia();
    expect(verdict(await send(file() + end, wrong)).slice(0, 2)).toEqual([status, code]);
  });

  test('may carry words that nobody asked for', async () => {
    const { send } = await startMedia();
    const answer = await send(part('name="file_type"', 'image') + file('content') + part('name="more"') + end, type);
    expect([answer.status, answer.body.size, answer.body.filename]).toEqual([200, 7, 'a.txt']);
  });

  test('may name the file in a word before it', async () => {
    const { send } = await startMedia();
    const answer = await send(part('name="filename"', 'ü.txt') + file() + end, type);
    expect(answer.body.filename).toBe('ü.txt');
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\\\..\\\\boot.ini', 'boot.ini'],
    ['/absolute', 'absolute'],
    ['a\u0000b.txt', 'ab.txt'],
    [`${'long'.repeat(200)}.txt`, `${'long'.repeat(200)}.txt`.slice(-255)],
    ['', null],
    ['..', null],
  ])('a file called %s is called %s', async (given, filename) => {
    const { send, files } = await startMedia();
    const { status, body } = await send(part(`name="file"; filename="${given}"`) + end, type);
    expect([status, body.filename]).toEqual([200, filename ?? body.url.slice('/static/'.length)]);
    expect(files()).toEqual([body.url.slice('/static/'.length)]);
  });

  test('from a client that goes away in the middle leaves nothing and is no fault of the server', async () => {
    const { raw, files, messenger, storage, url } = await startMedia();
    const head = ['POST /api/v1/messages/upload HTTP/1.1', `Content-Type: ${type}`];
    const begun = file('x'.repeat(200_000)).slice(0, -2);
    for (const announced of ['Content-Length: 900000', 'Transfer-Encoding: chunked']) {
      const is_chunked = announced.startsWith('T');
      const body = is_chunked ? `${begun.length.toString(16)}\r\n${begun}\r\n` : begun;
      await raw([...head, announced], body, { then_destroy: true });
    }
    await expect.poll(() => files()).toEqual([]);
    const rows = () => storage.media.condemnUnused({ before: Number.MAX_SAFE_INTEGER, at: 1, limit: 9 });
    await expect.poll(rows).toEqual([]);
    expect(messenger.lines.filter(isTrouble)).toEqual([]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test('that is too large by its pieces is answered, though its sender goes on', async () => {
    const { send, files } = await startMedia({ limits: { upload_bytes: 1_000_000 } });
    let left = 200;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from(file('').slice(0, -2))),
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(65_536)) : controller.close()),
    });
    expect(verdict(await send(body, type))).toEqual([400, 'UPLOAD_TOO_LARGE', 'file']);
    expect(files()).toEqual([]);
  });

  test('that is refused is heard to its end, so that the connection goes on', async () => {
    const { raw } = await startMedia({ limits: { upload_bytes: 1_000 } });
    const begun = file('x'.repeat(5_000)).slice(0, -2);
    const rest = 'x'.repeat(1_000);
    const length = begun.length + 12 * rest.length;
    const head = ['POST /api/v1/messages/upload HTTP/1.1', `Content-Type: ${type}`, `Content-Length: ${length}`];
    const next = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    // Slower than the time for which the adapter itself would wait.
    const answer = await raw(head, begun, { more: [...Array.from({ length: 12 }, () => rest), next], every_ms: 100 });
    expect(answer).toContain('UPLOAD_TOO_LARGE');
    expect(answer).toContain('{"status":"live"}');
  });

  test('is read only for somebody who is signed in, and where files are kept', async () => {
    const api = await startApi();
    const form = new FormData();
    form.set('file', new Blob(['x']), 'x');
    const post = (token: string) =>
      api.request('/messages/upload', { method: 'POST', body: form, headers: { authorization: `Bearer ${token}` } });
    expect(verdict(await post('nobody'))).toEqual([401, 'UNAUTHORIZED', undefined]);
    expect(verdict(await post((await api.join('anna')).token))).toEqual([404, 'MEDIA_OFF', undefined]);
    expect((await fetch(`${api.url}/static/attachment_x.png`)).status).toBe(404);
  });
});

describe('many at once', () => {
  test('hold no descriptors when they are done', async () => {
    const { upload, url } = await startMedia();
    const open = () => readdirSync('/proc/self/fd').length;
    const { body } = await upload('x'.repeat(1_000_000));
    const before = open();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const abort = new AbortController();
        const response = await fetch(url + body.url, { signal: abort.signal });
        await response.body?.getReader().read();
        abort.abort();
      }),
    );
    await Promise.all(Array.from({ length: 20 }, () => fetch(url + body.url, { method: 'HEAD' })));
    await expect.poll(() => open() - before, { timeout: 5_000 }).toBeLessThan(10);
  });
});
