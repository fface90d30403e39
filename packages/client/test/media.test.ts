import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskBlobStore } from '@dialect/core';
import sharp from 'sharp';
import { expect, expectTypeOf, it, onTestFinished } from 'vitest';
import type { Client } from '../src/index.js';
import { realServer } from './real-server.js';

async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-client-media-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = await realServer({ blobs: createDiskBlobStore(folder), limits: { upload_bytes: 1_000_000 } });
  return { ...server, ann: await server.person('ann_with_files') };
}
const picture = async () => {
  const create = { width: 30, height: 20, channels: 3, background: 'red' } as const;
  return new Uint8Array(await sharp({ create }).png().toBuffer());
};

it('uploads files, bytes and streams over HTTP, online and not', async () => {
  const { ann, url } = await start();
  const content = await picture();
  const check = async (file: Parameters<Client['media']['upload']>[0]['file'], filename?: string) => {
    const stored = await ann.media.upload({ file, filename });
    expect(stored).toMatchObject({ media_type: 'image/png', size: content.length, width: 30, height: 20 });
    expect(new Uint8Array(await (await fetch(url + stored.url)).arrayBuffer())).toEqual(content);
    return stored.filename;
  };
  expect(await check(new Blob([content]), 'Ё.png')).toBe('Ё.png');
  await ann.connect();
  expect(await check(new File([content], 'own name.png'))).toBe('own name.png');
  expect(await check(content, 'bytes.png')).toBe('bytes.png');
  expect(await check(new Blob([content]).stream(), 'stream.png')).toBe('stream.png');
  expect(await check(content)).toMatch(/^attachment_/);
});

it('sets and removes a picture, and changes a profile', async () => {
  const { ann } = await start();
  await ann.connect();
  const me = await ann.users.setAvatar({ file: new Blob([await picture()]) });
  expect(me.avatar_url).toMatch(/^\/static\/avatar_/);
  expect(await ann.users.update({ bio: 'here', status_text: 'away', status_duration: '1h' })).toMatchObject({
    bio: 'here',
    avatar_url: me.avatar_url,
  });
  expect(await ann.users.removeAvatar()).toMatchObject({ avatar_url: null, bio: 'here' });
});

it('is told why a file was refused', async () => {
  const { ann } = await start();
  const refused = (file: Blob) => ann.media.upload({ file }).catch((error) => [error.code, error.field]);
  expect(await refused(new Blob([new Uint8Array(1_000_001)]))).toEqual(['UPLOAD_TOO_LARGE', 'file']);
  expect(await refused(new Blob([]))).toEqual(['UPLOAD_EMPTY', 'file']);
  await expect(ann.users.setAvatar({ file: new Blob(['text']) })).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
});

it('has types that say what a file may be', () => {
  type Given = Parameters<Client['media']['upload']>[0];
  expectTypeOf<{ file: File }>().toExtend<Given>();
  expectTypeOf<{ file: Uint8Array; filename: string }>().toExtend<Given>();
  expectTypeOf<{ file: string }>().not.toExtend<Given>();
  expectTypeOf<Awaited<ReturnType<Client['users']['setAvatar']>>>().toHaveProperty('avatar_url');
});
