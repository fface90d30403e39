import { createHash, randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { gifScript, hugePng, photo, picture, pngPage } from './support/pictures.js';
import type { Answer } from './support/start-api.js';
import { describeStorages, startMedia } from './support/start-media.js';

const verdict = ({ status, body }: Answer) => [status, body?.code, body?.field];
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describeStorages('an upload', (start) => {
  test('comes back byte for byte, under a name that nobody can guess', async () => {
    const { upload, url, files } = await start();
    const content = randomBytes(300_000);
    const { status, body } = await upload(content, 'Отчёт за год.bin');
    expect(status).toBe(200);
    expect(body).toEqual({
      url: expect.stringMatching(/^\/static\/attachment_[A-Za-z0-9_-]{24}\.bin$/),
      filename: 'Отчёт за год.bin',
      media_type: 'application/octet-stream',
      size: 300_000,
      width: null,
      height: null,
      thumbnail_url: null,
    });
    expect(hash(await bytesAt(url + body.url))).toBe(hash(content));
    expect(files()).toHaveLength(1);
    expect((await upload(content)).body.url).not.toBe(body.url);
  });

  test('of a picture stays as it is, and has a size and a thumbnail', async () => {
    const { upload, url } = await start();
    const content = await photo();
    const { body } = await upload(content, 'photo.jpg');
    expect(body).toMatchObject({ media_type: 'image/jpeg', width: 300, height: 512 });
    expect(body.url).toMatch(/\.jpg$/);
    expect(hash(await bytesAt(url + body.url))).toBe(hash(content));
    const small = await bytesAt(url + body.thumbnail_url);
    expect(await sharp(small).metadata()).toMatchObject({ format: 'webp', width: 188, height: 320 });
    expect(small.includes('SECRET-NAME')).toBe(false);
  });

  test('is refused when it is empty, or one byte too large, and leaves nothing', async () => {
    const { upload, files } = await start({ limits: { upload_bytes: 100_000 } });
    expect(verdict(await upload(''))).toEqual([400, 'UPLOAD_EMPTY', 'file']);
    expect(verdict(await upload(randomBytes(100_001)))).toEqual([400, 'UPLOAD_TOO_LARGE', 'file']);
    expect(files()).toEqual([]);
    expect((await upload(randomBytes(100_000))).status).toBe(200);
  });

  test('in a message is kept, and one that was never sent goes', async () => {
    const { upload, url, messenger, storage, anna } = await start();
    const chat = await messenger.chats.createGroup({ user_id: anna.id }, { chat_name: 'x', participant_ids: [] });
    const [kept, unsent] = [(await upload('kept')).body.url, (await upload('unsent')).body.url];
    const { mediaNamesIn } = await import('@dialect/core');
    await messenger.messages.send({ user_id: anna.id }, { chat_id: chat.id, content: kept });
    const claimed = await storage.media.find(mediaNamesIn(kept));
    expect(claimed).toMatchObject([{ owner_id: anna.id, size: 4, kind: 'attachment' }]);
    const { clock, logger } = messenger;
    clock.advance(25 * 3_600_000);
    const names = await storage.media.condemnUnused({
      before: clock.now() - 24 * 3_600_000,
      at: clock.now(),
      limit: 9,
    });
    expect([names, logger !== undefined]).toEqual([mediaNamesIn(unsent), true]);
    expect([(await fetch(url + kept)).status, (await fetch(url + unsent)).status]).toEqual([200, 404]);
  });
});

describe('what an upload is', () => {
  const page = '<!doctype html><html><script>alert(1)</script></html>';
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  test.each([
    ['html', page],
    ['svg', svg],
    ['svg with a declaration', `<?xml version="1.0"?>${svg}`],
    ['xhtml', `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>`],
    ['js', 'alert(document.domain)'],
    ['pdf', '%PDF-1.7\n1 0 obj <</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>> endobj'],
    ['truncated zip', Buffer.from('PK\x03\x04\x14\x00\x08\x08\x08\x00', 'latin1')],
  ])('%s that is called a picture is saved and never shown', async (_, content) => {
    const { upload, url } = await startMedia();
    const { status, body } = await upload(content, 'cat.png');
    expect([status, body.filename, body.thumbnail_url]).toEqual([200, 'cat.png', null]);
    expect(body.url).not.toMatch(/\.(png|html?|svg|xhtml|js)$/);
    const { headers } = await fetch(url + body.url);
    expect(headers.get('content-type')).toMatch(/^application\/(octet-stream|xml|pdf|zip)$/);
    expect(headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  });

  test('one that is a picture and a script too is shown as the picture, which runs nowhere', async () => {
    const { upload, url } = await startMedia();
    for (const [content, type] of [
      [gifScript, 'image/gif'],
      [pngPage(), 'image/png'],
    ] as const) {
      const { status, body } = await upload(content, 'x.html');
      expect([status, body.media_type]).toEqual([200, type]);
      const { headers } = await fetch(url + body.url);
      expect(headers.get('content-type')).toBe(type);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain('sandbox');
    }
  });

  test('a picture that cannot be drawn is a file like any other', async () => {
    const { upload, messenger } = await startMedia();
    const whole = await picture('jpeg', 600, 600);
    const cut = await upload(whole.subarray(0, whole.length >> 1), 'cut.jpg');
    expect(cut).toMatchObject({ status: 200, body: { media_type: 'image/jpeg', thumbnail_url: null } });
    const huge = await hugePng();
    expect(huge.length).toBeLessThan(1_000_000);
    expect((await upload(huge, 'huge.png')).body).toMatchObject({ media_type: 'image/png', thumbnail_url: null });
    expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  test.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('%s has a thumbnail', async (format) => {
    const { upload } = await startMedia();
    const { body } = await upload(await picture(format, 400, 200));
    expect(body).toMatchObject({ media_type: `image/${format}`, width: 400, height: 200 });
    expect(body.thumbnail_url).toMatch(/^\/static\/thumbnail_[A-Za-z0-9_-]{24}\.webp$/);
  });

  test('is found by its first bytes, wherever they were cut on their way', async () => {
    const { raw } = await startMedia();
    const content = await picture('png', 10, 10);
    const form = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'),
      content,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const pieces = Array.from(form, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('');
    const head = ['POST /api/v1/messages/upload HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b'];
    const answer = await raw(
      [...head, 'Transfer-Encoding: chunked', 'Connection: close'],
      Buffer.from(`${pieces}0\r\n\r\n`, 'latin1'),
    );
    expect(answer).toContain('"media_type":"image/png"');
  });
});
