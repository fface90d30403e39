import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { hugePng, photo, picture, pngPage } from './support/pictures.js';
import type { Answer, Person } from './support/start-api.js';
import { describeStorages, startMedia } from './support/start-media.js';

const verdict = ({ status, body }: Answer) => [status, body?.code, body?.field];
const bytesAt = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());

describeStorages('a profile', (start) => {
  async function startProfile() {
    const api = await start();
    const change = (fields: unknown, method = 'PATCH', { token }: Pick<Person, 'token'> = api.anna) =>
      api.request('/users/me', {
        method,
        body: JSON.stringify(fields),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      });
    return { ...api, change };
  }

  test.each(['PATCH', 'PUT'])('is changed by %s, field by field', async (method) => {
    const { anna, change } = await startProfile();
    const fields = { first_name: 'Anna', last_name: 'Lee', bio: 'Ça va? 🙂\nOui.', public_key: 'key' };
    const changed = await change({ ...fields, birth_date: '2000-01-01', is_admin: true, id: 77 }, method);
    expect([changed.status, changed.body]).toMatchObject([200, { ...fields, id: anna.id, username: 'anna' }]);
    expect(changed.body).not.toHaveProperty('birth_date');
    expect((await change({ bio: '', last_name: null, first_name: null })).body).toMatchObject({
      first_name: 'Anna',
      last_name: null,
      bio: null,
      public_key: 'key',
    });
    expect((await anna.get('/users/me')).body).toEqual((await anna.get('/users/me')).body);
    expect((await anna.get(`/users/${anna.id}`)).body).toMatchObject({ first_name: 'Anna', bio: null });
  });

  test('has a status that ends by itself', async () => {
    const { change, messenger, anna } = await startProfile();
    const at = (ms: number) => new Date(messenger.clock.now() + ms).toISOString();
    const { body } = await change({ status_text: 'away', status_duration: '30m' });
    expect(body).toMatchObject({ status_text: 'away', status_expires_at: at(30 * 60_000) });
    for (const [status_duration, hours] of [
      ['1h', 1],
      ['5h', 5],
      ['12h', 12],
      ['24h', 24],
    ] as const) {
      expect((await change({ status_duration })).body.status_expires_at).toBe(at(hours * 3_600_000));
    }
    expect((await change({ status_text: 'here' })).body).toMatchObject({
      status_text: 'here',
      status_expires_at: null,
    });
    await change({ status_text: 'away', status_duration: '30m' });
    messenger.clock.advance(30 * 60_000);
    expect((await anna.get('/users/me')).body).toMatchObject({ status_text: null, status_expires_at: null });
    expect(verdict(await change({ status_duration: '2h' }))).toEqual([422, 'INVALID_INPUT', 'status_duration']);
    await change({ status_text: 'away', status_duration: '1h' });
    expect((await change({ status_text: '' })).body).toMatchObject({ status_text: null, status_expires_at: null });
    expect((await change({ status_text: 'for good', status_duration: 'forever' })).body.status_expires_at).toBeNull();
  });

  test('has a username that nobody else has, and gives the old one away', async () => {
    const { change, join, request } = await startProfile();
    const boris = await join('boris');
    expect(verdict(await change({ username: 'BORIS', bio: 'x' }))).toEqual([400, 'USERNAME_TAKEN', 'username']);
    expect((await change({ bio: 'y' })).body).toMatchObject({ username: 'anna', bio: 'y' });
    expect((await change({ username: '@Anna_2' })).body.username).toBe('Anna_2');
    const isFree = async (name: string) => (await request(`/users/check-username/${name}`)).body.is_available;
    expect([await isFree('anna'), await isFree('anna_2')]).toEqual([true, false]);
    expect((await change({ username: 'anna' }, 'PATCH', boris)).status).toBe(200);
    expect((await boris.get('/users/search?q=anna')).body).toHaveLength(2);
  });

  test.each([
    [{ first_name: '' }, 'first_name'],
    [{ first_name: 'x'.repeat(101) }, 'first_name'],
    [{ first_name: '\u200b' }, 'first_name'],
    [{ bio: 'x'.repeat(1_001) }, 'bio'],
    [{ bio: 'a\0b' }, 'bio'],
    [{ status_text: 7 }, 'status_text'],
    [{ username: 'a b' }, 'username'],
    [{ public_key: 'x'.repeat(4_097) }, 'public_key'],
  ])('%o is refused', async (fields, field) => {
    const { change } = await startProfile();
    expect(verdict(await change(fields))).toEqual([422, 'INVALID_INPUT', field]);
  });

  test('has a picture, upright and with nothing else in it, and loses the one before', async () => {
    const { upload, url, anna, files, request } = await start();
    const first = await upload(await photo(), 'me.jpg', '/users/me/avatar');
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id: anna.id, avatar_url: expect.stringMatching(/^\/static\/avatar_.*\.jpg$/) });
    const stored = await bytesAt(url + first.body.avatar_url);
    expect(await sharp(stored).metadata()).toMatchObject({ width: 300, height: 512 });
    expect([stored.includes('SECRET-NAME'), stored.includes('Exif')]).toEqual([false, false]);

    const second = await upload(await picture('webp', 1024, 1024), 'x', '/users/me/avatar');
    expect((await anna.get('/users/me')).body.avatar_url).toBe(second.body.avatar_url);
    expect((await fetch(url + first.body.avatar_url)).status).toBe(404);
    expect((await fetch(url + second.body.avatar_url)).headers.get('content-type')).toBe('image/webp');
    const banner = await upload(await picture('png', 1024, 345), 'x', '/users/me/banner');
    expect([banner.status, files().length]).toEqual([200, 2]);

    const remove = (what: string) =>
      request(`/users/me/${what}`, { method: 'DELETE', headers: { authorization: `Bearer ${anna.token}` } });
    for (const what of ['avatar', 'avatar', 'banner']) expect((await remove(what)).status).toBe(200);
    expect((await anna.get('/users/me')).body).toMatchObject({ avatar_url: null, banner_url: null });
    expect(files()).toEqual([]);
  });
});

describe('a picture of a person', () => {
  const cases: [title: string, content: () => Buffer | Promise<Buffer>, code: string][] = [
    ['a page', () => Buffer.from('<html></html>'), 'NOT_AN_IMAGE'],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'NOT_AN_IMAGE'],
    ['nothing', () => Buffer.alloc(0), 'UPLOAD_EMPTY'],
    ['a signature and no more', () => Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'NOT_AN_IMAGE'],
    ['half a JPEG', async () => (await picture('jpeg', 600, 600)).subarray(0, 900), 'NOT_AN_IMAGE'],
    ['half a PNG', async () => (await photoPng()).subarray(0, 5_000), 'NOT_AN_IMAGE'],
    ['a GIF', () => picture('gif', 10, 10), 'UNSUPPORTED_IMAGE'],
    ['an AVIF', () => picture('avif', 64, 64), 'UNSUPPORTED_IMAGE'],
    ['one too wide', () => picture('png', 1_025, 10), 'IMAGE_TOO_LARGE'],
    ['one too high', () => picture('jpeg', 10, 1_025), 'IMAGE_TOO_LARGE'],
    ['one of 50,000 x 50,000', () => hugePng(), 'IMAGE_TOO_LARGE'],
    ['6 MB', () => Buffer.alloc(6 * 1024 * 1024, 1), 'UPLOAD_TOO_LARGE'],
  ];
  const photoPng = () =>
    sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: 'red',
        noise: { type: 'gaussian', mean: 99, sigma: 50 },
      },
    })
      .png()
      .toBuffer();

  test.each(cases)('that is %s is refused, and the one before stays', async (_, content, code) => {
    const { upload, anna, files } = await startMedia();
    const { body: me } = await upload(await picture('png', 9, 9), 'x', '/users/me/avatar');
    expect(verdict(await upload(await content(), 'me.png', '/users/me/avatar'))).toEqual([400, code, 'file']);
    expect((await anna.get('/users/me')).body.avatar_url).toBe(me.avatar_url);
    expect(files()).toEqual([me.avatar_url.slice('/static/'.length)]);
  });

  test('as a banner may be 1024 x 345 and no more, the way it is seen', async () => {
    const { upload } = await startMedia();
    const set = async (content: Buffer) => verdict(await upload(content, 'x', '/users/me/banner'));
    expect(await set(await picture('jpeg', 1024, 346))).toEqual([400, 'IMAGE_TOO_LARGE', 'file']);
    // 512 x 300 in the file, and 300 x 512 for whoever looks at it.
    expect(await set(await photo())).toEqual([400, 'IMAGE_TOO_LARGE', 'file']);
    expect(await set(await picture('jpeg', 1024, 345))).toEqual([200, undefined, undefined]);
  });

  test('that is a page too becomes a picture only', async () => {
    const { upload, url } = await startMedia();
    expect(pngPage().includes('<script>')).toBe(true);
    const { body } = await upload(pngPage(), 'x', '/users/me/avatar');
    expect((await bytesAt(url + body.avatar_url)).includes('script')).toBe(false);
  });

  test('costs no memory for its pixels when it is refused', async () => {
    const { upload } = await startMedia();
    const huge = await hugePng();
    await upload(huge, 'x', '/users/me/avatar');
    const before = process.memoryUsage.rss();
    for (let n = 0; n < 5; n++) await upload(huge, 'x', n % 2 ? '/users/me/avatar' : '/messages/upload');
    // As pixels it would be 300 MB at least.
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  });
});
