import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { parseRange } from '../src/byte-range.js';
import { contentDisposition } from '../src/content-disposition.js';
import { picture } from './support/pictures.js';
import { describeStorages, startMedia } from './support/start-media.js';

const content = Buffer.from(Array.from({ length: 100_000 }, (_, n) => n % 251));

describeStorages('a download', (start) => {
  test('needs no token, may be kept for ever, and is asked for again by its tag', async () => {
    const { upload, url } = await start();
    const { body } = await upload(await picture('png', 20, 10), 'cat.png');
    const answer = await fetch(url + body.url);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(body.size),
      'content-disposition': `inline; filename="cat.png"; filename*=UTF-8''cat.png`,
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    });
    const etag = answer.headers.get('etag') as string;
    for (const [known, status] of [
      [etag, 304],
      [`"x", W/${etag}`, 304],
      ['*', 304],
      ['"x"', 200],
    ] as const) {
      const again = await fetch(url + body.url, { headers: { 'if-none-match': known } });
      expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([status, status === 304 ? 0 : body.size]);
    }
    const small = await fetch(url + body.thumbnail_url);
    expect([small.status, small.headers.get('content-type')]).toEqual([200, 'image/webp']);
  });

  test('gives the part that is asked for', async () => {
    const { upload, url } = await start();
    const { body } = await upload(content);
    const get = async (headers: Record<string, string>, method = 'GET') => {
      const answer = await fetch(url + body.url, { method, headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { answer, bytes, seen: [answer.status, answer.headers.get('content-range'), bytes.length] };
    };
    const part = await get({ range: 'bytes=10-19' });
    expect(part.seen).toEqual([206, 'bytes 10-19/100000', 10]);
    expect(part.bytes).toEqual(content.subarray(10, 20));
    expect(part.answer.headers.get('content-length')).toBe('10');
    expect((await get({ range: 'bytes=-5' })).bytes).toEqual(content.subarray(-5));
    expect((await get({ range: 'bytes=99990-' })).bytes).toEqual(content.subarray(99_990));
    expect((await get({ range: 'bytes=100000-' })).seen).toEqual([416, 'bytes */100000', 0]);
    for (const whole of ['bytes=0-1,5-6', 'bytes=5-1', 'bytes=-', 'lines=1-2', 'bytes=a-b']) {
      expect((await get({ range: whole })).seen).toEqual([200, null, 100_000]);
    }
    const etag = part.answer.headers.get('etag') as string;
    expect((await get({ range: 'bytes=0-0', 'if-range': etag })).seen).toEqual([206, 'bytes 0-0/100000', 1]);
    expect((await get({ range: 'bytes=0-0', 'if-range': '"other"' })).seen).toEqual([200, null, 100_000]);
    const head = await get({ range: 'bytes=0-0' }, 'HEAD');
    expect(head.seen).toEqual([200, null, 0]);
    expect(head.answer.headers.get('content-length')).toBe('100000');
  });
});

describe('a name', () => {
  const known = 'attachment_aaaaaaaaaaaaaaaaaaaaaaaa.png';
  test.each([
    '/static/',
    '/static/..',
    '/static/../secret.key',
    '/static/%2e%2e%2fsecret.key',
    '/static/..%2f..%2fetc%2fpasswd',
    '/static/%2fetc%2fpasswd',
    '/static//etc/passwd',
    `/static/${known}%00.html`,
    `/static/${known}/..`,
    `/static/./${known}`,
    `/static/%E2%80%AE${known}`,
    '/static/%ff',
    '/static/%',
    `/static/${'a'.repeat(8_000)}`,
    `/static/attachment_${'a'.repeat(24)}.PNG`,
    '/static/..%5csecret.key',
    '/static/.x.part',
    `/static/${known}`,
    `/static/thumbnail_${'a'.repeat(24)}.webp`,
  ])('%s leads nowhere', async (path) => {
    const { url } = await startMedia();
    const { port } = new URL(url);
    // Not `fetch`, which tidies paths before it sends them.
    const status = await new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  test('is safe in a header, and whole in its second form', () => {
    const of = (name: string) => contentDisposition('text/html', name);
    expect(of('a"b\\c%.txt')).toBe(`attachment; filename="a_b_c_.txt"; filename*=UTF-8''a%22b%5Cc%25.txt`);
    expect(of("it's (1)*.txt")).toContain("filename*=UTF-8''it%27s%20%281%29%2A.txt");
    expect(of('Ё🙂.txt')).toBe(`attachment; filename="__.txt"; filename*=UTF-8''%D0%81%F0%9F%99%82.txt`);
    expect(of('x\r\nSet-Cookie: a=b')).not.toMatch(/[\r\n]/);
    expect(of('cod\u202egpj.exe')).toContain('filename="codgpj.exe"');
    expect(contentDisposition('image/svg+xml', 'a')).toMatch(/^attachment/);
    expect(contentDisposition('video/mp4', 'a')).toMatch(/^inline/);
  });
});

test.each([
  ['bytes=0-', 10, { start: 0, end: 9 }],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=-30', 10, { start: 0, end: 9 }],
  ['bytes=3-300', 10, { start: 3, end: 9 }],
  ['bytes=9-9', 10, { start: 9, end: 9 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-5', 0, 'unsatisfiable'],
  ['bytes=99999999999999999999-', 10, null],
  [undefined, 10, null],
])('the range %s of %i bytes is %o', (header, size, range) => {
  expect(parseRange(header, size)).toEqual(range);
});
