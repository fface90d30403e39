import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createDiskBlobStore } from '@dialect/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Run, urlIn, useCommand } from './support/run-command.js';
import { ask, talkTo, temporaryFolder } from './support/start-api.js';
import { startMedia } from './support/start-media.js';

const { run } = useCommand();
const MB = 1024 * 1024;
const begin = Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n');
const end = Buffer.from('\r\n--b--\r\n');

async function serve(environment: Record<string, string> = {}) {
  const DATA_DIR = environment.DATA_DIR ?? temporaryFolder();
  const server = run(['serve'], { PORT: '0', DATA_DIR, ...environment });
  const url = urlIn(await server.until('Data '));
  const media = join(DATA_DIR, 'media');
  return { server, url, DATA_DIR, files: () => readdirSync(media).sort() };
}

/** Begins an upload whose end is announced and not sent yet. */
function beginUpload(url: string, token: string) {
  const headers = { 'content-type': 'multipart/form-data; boundary=b', authorization: `Bearer ${token}` };
  const outgoing = request(`${url}/api/v1/messages/upload`, { method: 'POST', headers });
  const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming
        .on('data', (data) => (text += data))
        .on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
  });
  answer.catch(() => undefined);
  const write = (bytes: Buffer) =>
    new Promise<void>((resolve) => (outgoing.write(bytes) ? resolve() : outgoing.once('drain', resolve)));
  return { write, end: () => outgoing.end(end), answer };
}

/** The most memory that the process has had, in bytes. */
const peakOf = ({ child }: Run) =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024;

test('a large upload passes through a server without being held in it', async () => {
  const { server, url, files } = await serve({ MAX_UPLOAD_BYTES: String(200 * MB) });
  const { token } = await talkTo(url).join('anna');
  const chunk = Buffer.alloc(MB, 7);
  async function send(megabytes: number) {
    const upload = beginUpload(url, token);
    await upload.write(begin);
    for (let n = 0; n < megabytes; n++) await upload.write(chunk);
    upload.end();
    const { status, text } = await upload.answer;
    return { status, body: JSON.parse(text) };
  }
  await send(1);
  const before = peakOf(server);
  const growth = () => peakOf(server) - before;
  await send(50);
  console.info(`50 MB: the peak of memory grew by ${(growth() / MB).toFixed(1)} MB.`);
  const { status, body } = await send(200);
  expect([status, body.size]).toEqual([200, 200 * MB]);
  const answer = await fetch(url + body.url);
  let size = 0;
  for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) size += piece.byteLength;
  expect(size).toBe(200 * MB);
  // What is seen above 30 MB is garbage that nobody has collected yet.
  expect(growth()).toBeLessThan(100 * MB);
  expect((await send(201)).body.code).toBe('UPLOAD_TOO_LARGE');
  expect(files()).toHaveLength(3);
});

test('a server that was killed in the middle of an upload begins with a clean folder', async () => {
  const { server, url, DATA_DIR, files } = await serve({ UNUSED_MEDIA_HOURS: '1', MAX_UPLOAD_BYTES: '9000000' });
  const { token } = await talkTo(url).join('anna');
  const upload = beginUpload(url, token);
  await upload.write(begin);
  for (let n = 0; n < 4; n++) await upload.write(Buffer.alloc(MB));
  await expect.poll(files).toHaveLength(1);
  expect(files()[0]).toMatch(/^\..*\.part$/);
  server.child.kill('SIGKILL');
  await server.ended;
  expect(files()).toHaveLength(1);
  const again = await serve({ DATA_DIR });
  expect(again.files()).toEqual([]);
});

describe('a disk that is full', () => {
  /** A file system of 1 MB; null where this user may not make one. */
  function tinyDisk(): string | null {
    const folder = join(temporaryFolder(), 'disk');
    mkdirSync(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status !== 0) return null;
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    return folder;
  }

  test('refuses what does not fit, keeps what is there, and takes more when there is room', async ({ skip }) => {
    const folder = tinyDisk();
    if (folder === null) return skip('needs the right to mount a file system');
    const { upload, url, messenger } = await startMedia({ blobs: createDiskBlobStore(folder) });
    const kept = await upload(Buffer.alloc(600_000, 1));
    expect(kept.status).toBe(200);
    const refused = await upload(Buffer.alloc(600_000, 2));
    expect([refused.status, refused.body.code]).toEqual([507, 'STORAGE_FULL']);
    expect(readdirSync(folder)).toEqual([kept.body.url.slice('/static/'.length)]);
    expect((await (await fetch(url + kept.body.url)).arrayBuffer()).byteLength).toBe(600_000);
    expect((await ask(`${url}/health/ready`)).status).toBe(200);
    expect((await upload(Buffer.alloc(300_000, 3))).status).toBe(200);
    expect(messenger.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });
});
