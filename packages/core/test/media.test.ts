import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sqlite } from '@dialect/adapter-sqlite';
import type { BlobStore, ImageProcessor, MessengerOptions, Storage } from '@dialect/core';
import type { Upload } from '@dialect/protocol';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDiskBlobStore } from '../src/defaults/disk-blob-store.js';
import { createImageProcessor } from '../src/defaults/sharp-image-processor.js';
import { mediaNamesIn, thumbnailOf } from '../src/domain/media-names.js';
import { MessengerError } from '../src/errors.js';
import { createMediaSweeper } from '../src/media-sweeper.js';
import { codeOf, persons, refusal, spiedOn, startMessenger, withReplaced } from './helpers.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-media-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function startMedia(options: Partial<MessengerOptions> = {}) {
  const folder = temporaryFolder();
  const storage = options.storage ?? sqlite(':memory:');
  const blobs = options.blobs ?? createDiskBlobStore(folder);
  const messenger = await startMessenger({ ...(options as object), storage, blobs });
  const [ann] = await persons(messenger, 'Ann');
  if (!ann) throw new Error('There is one.');
  const { clock, logger } = messenger;
  const sweeper = createMediaSweeper({ media: storage.media, blobs, clock, logger, unused_hours: 24 });
  const names = () => readdirSync(folder).sort();
  return { messenger, storage, ann, folder, names, sweeper, blobs };
}
const nameOf = (url: string) => url.slice('/static/'.length);
const picture = (side = 10) =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'red' } })
    .png()
    .toBuffer();

describe('an upload in process', () => {
  it('takes bytes, files and streams', async () => {
    const { messenger, ann } = await startMedia();
    const content = randomBytes(200_000);
    async function* pieces() {
      for (let at = 0; at < content.length; at += 999) yield content.subarray(at, at + 999);
    }
    const forms = [content, new Blob([content]), new File([content], 'a name.bin'), Readable.from(pieces()), pieces()];
    for (const file of forms) {
      const { url, size, filename } = await messenger.media.upload(ann, { file });
      expect([size, filename]).toEqual([200_000, file instanceof File ? 'a name.bin' : nameOf(url)]);
      const opened = await messenger.openMedia(nameOf(url));
      const stream = await opened?.read();
      expect(stream && (await buffer(stream)).equals(content)).toBe(true);
    }
  });

  it('has a name and no path, without what no name has', async () => {
    const { messenger, ann } = await startMedia();
    const filename = '../C:\\x/a\ud800\0\n\udc00 🙂.txt';
    expect((await messenger.media.upload(ann, { file: new Uint8Array(1), filename })).filename).toBe('a 🙂.txt');
  });

  it('refuses what is no file, and says which field it was', async () => {
    const { messenger, ann, names } = await startMedia();
    for (const file of ['text', 5, null, {}, [1], { stream: 1 }]) {
      expect(await refusal(messenger.call('media.upload', { file } as never, ann))).toEqual(['INVALID_INPUT', 'file']);
    }
    const texts = Readable.from(['text', 'and more']);
    expect(await refusal(messenger.media.upload(ann, { file: texts }))).toEqual(['INVALID_INPUT', 'file']);
    expect(await codeOf(messenger.media.upload(null, { file: new Uint8Array(1) }))).toBe('UNAUTHORIZED');
    expect(names()).toEqual([]);
  });

  it('leaves nothing of a stream that fails, and lets go of one that is refused', async () => {
    const { messenger, ann, names, storage } = await startMedia({ limits: { upload_bytes: 100_000 } });
    async function* broken() {
      yield randomBytes(50_000);
      throw new Error('gone');
    }
    expect(await codeOf(messenger.media.upload(ann, { file: broken() }))).toBe('INTERNAL');
    const endless = new Readable({ read: () => void endless.push(randomBytes(10_000)) });
    expect(await codeOf(messenger.media.upload(ann, { file: endless }))).toBe('UPLOAD_TOO_LARGE');
    await expect.poll(() => endless.destroyed).toBe(true);
    expect(names()).toEqual([]);
    expect(await storage.media.condemnUnused({ before: Number.MAX_SAFE_INTEGER, at: 1, limit: 9 })).toEqual([]);
  });

  it('lets go of a stream that could not be stored', async () => {
    const disk = createDiskBlobStore(temporaryFolder());
    const { messenger, ann } = await startMedia({ blobs: { ...disk, put: () => Promise.reject(new Error('broken')) } });
    const endless = new Readable({ read: () => void endless.push(randomBytes(10_000)) });
    expect(await codeOf(messenger.media.upload(ann, { file: endless }))).toBe('INTERNAL');
    await expect.poll(() => endless.destroyed).toBe(true);
  });

  it('is looked for only by names that we give', async () => {
    const { storage, calls } = spiedOn(sqlite(':memory:'));
    const blobs = createDiskBlobStore(temporaryFolder());
    const messenger = await startMessenger({ storage, blobs });
    for (const name of ['..', '../x', 'a\0b', '/etc/passwd', 'x'.repeat(10_000), 'attachment_.png', '.x.part']) {
      expect(await messenger.openMedia(name)).toBeNull();
    }
    expect(calls).not.toContain('media.find');
  });

  it('is off without a place for files, also for pictures of people', async () => {
    const messenger = await startMessenger();
    const [ann] = await persons(messenger, 'Ann');
    if (!ann) throw new Error('There is one.');
    expect(await codeOf(messenger.media.upload(ann, { file: new Uint8Array(1) }))).toBe('MEDIA_OFF');
    expect(await codeOf(messenger.users.setAvatar(ann, { file: new Uint8Array(1) }))).toBe('MEDIA_OFF');
    expect(await codeOf(messenger.openMedia('x'))).toBe('MEDIA_OFF');
  });

  it('is made before a transaction and not in it', async () => {
    const { messenger, ann, names } = await startMedia();
    const file = await picture();
    const { url } = await messenger.media.upload(ann, { file });
    const inside = messenger.transaction(({ users }) => users.setAvatar(ann, { file }));
    await expect(inside).rejects.toThrow('before a transaction');
    await expect(messenger.transaction(() => messenger.openMedia(nameOf(url)))).rejects.toThrow('inside');
    await messenger.transaction(({ users }) => users.update(ann, { bio: 'written in a transaction' }));
    expect((await messenger.users.me(ann)).bio).toBe('written in a transaction');
    expect(names()).toHaveLength(2);
  });

  it('is refused when there is no room, and reads go on', async () => {
    const folder = temporaryFolder();
    const disk = createDiskBlobStore(folder);
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    let is_full = false;
    // The disk itself is full in the tests of the server.
    const blobs: BlobStore = {
      ...disk,
      put: (name, content) =>
        disk.put(
          name,
          Readable.from(
            (async function* () {
              for await (const chunk of content) {
                yield chunk;
                if (is_full) throw full;
              }
            })(),
          ),
        ),
    };
    const { messenger, ann } = await startMedia({ blobs });
    const { url } = await messenger.media.upload(ann, { file: new Uint8Array(9) });
    is_full = true;
    expect(await codeOf(messenger.media.upload(ann, { file: new Uint8Array(9) }))).toBe('STORAGE_FULL');
    expect(readdirSync(folder)).toEqual([nameOf(url)]);
    expect((await messenger.openMedia(nameOf(url)))?.size).toBe(9);
    is_full = false;
    expect(await codeOf(messenger.media.upload(ann, { file: new Uint8Array(9) }))).toBe('passed');
  });
});

describe('the clean-up', () => {
  const day_ms = 24 * 3_600_000;

  it('takes what nobody used within a day, with its thumbnail, and nothing else', async () => {
    const { messenger, ann, names, sweeper } = await startMedia();
    const file = await picture();
    const kept = nameOf((await messenger.media.upload(ann, { file })).url);
    await messenger.media.upload(ann, { file });
    const { avatar_url } = await messenger.users.setAvatar(ann, { file });
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'x', participant_ids: [] });
    await messenger.messages.send(ann, { chat_id, content: `/static/${kept}` });
    messenger.clock.advance(day_ms - 1);
    const young = nameOf((await messenger.media.upload(ann, { file })).url);
    await sweeper.sweep();
    expect(names()).toHaveLength(7);
    messenger.clock.advance(2);
    await sweeper.sweep();
    const left = [kept, thumbnailOf(kept), young, thumbnailOf(young), nameOf(avatar_url as string)];
    expect(names()).toEqual(left.sort());
  });

  it('keeps what an edit was the first to mention', async () => {
    const { messenger, ann, names, sweeper } = await startMedia();
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'x', participant_ids: [] });
    const { url } = await messenger.media.upload(ann, { file: new Uint8Array(9) });
    const { id: message_id } = await messenger.messages.send(ann, { chat_id, content: 'soon' });
    await messenger.messages.edit(ann, { message_id, content: `here: ${url}` });
    messenger.clock.advance(2 * day_ms);
    await sweeper.sweep();
    expect(names()).toEqual([nameOf(url)]);
  });

  it('finds what an upload left that died between two steps', async () => {
    const { messenger, storage, names, sweeper, blobs, ann } = await startMedia();
    const name = `attachment_${'a'.repeat(24)}.bin`;
    const now = messenger.clock.now();
    const row = { name, owner_id: ann.user_id, kind: 'attachment', filename: null, created_at: now } as const;
    await storage.media.add({ ...row, media_type: 'image/png' });
    await blobs.put(name, Readable.from([Buffer.alloc(5)]));
    await blobs.put(thumbnailOf(name), Readable.from([Buffer.alloc(5)]));
    expect(await messenger.openMedia(name)).toBeNull();
    messenger.clock.advance(day_ms + 1);
    await sweeper.sweep();
    expect(names()).toEqual([]);
  });

  it('goes on where it was cut off, and through any number of files', async () => {
    const { messenger, storage, ann, names, sweeper, blobs } = await startMedia();
    const add = async (n: number) => {
      const name = `attachment_${String(n).padStart(24, '0')}.bin`;
      const row = { name, owner_id: ann.user_id, kind: 'attachment', filename: null, created_at: 0 } as const;
      await storage.media.add({ ...row, media_type: 'image/png' });
      await blobs.put(name, Readable.from([Buffer.alloc(1)]));
    };
    for (let n = 0; n < 230; n++) await add(n);
    let removed = 0;
    const failing = createMediaSweeper({
      media: storage.media,
      blobs: {
        ...blobs,
        remove: async (name) => (removed++ < 20 ? blobs.remove(name) : Promise.reject(new Error('no'))),
      },
      clock: messenger.clock,
      logger: messenger.logger,
      unused_hours: 24,
    });
    await expect(failing.sweep()).rejects.toThrow('no');
    await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    expect(names()).toEqual([]);
  });

  it('leaves everything where files are kept for ever, but what was replaced', async () => {
    const { messenger, storage, ann, names, blobs } = await startMedia();
    await messenger.media.upload(ann, { file: new Uint8Array(9) });
    messenger.clock.advance(1_000 * day_ms);
    const { clock, logger } = messenger;
    const gone = nameOf((await messenger.media.upload(ann, { file: new Uint8Array(9) })).url);
    await storage.media.condemn([gone], clock.now());
    const unused_hours = Number.POSITIVE_INFINITY;
    await createMediaSweeper({ media: storage.media, blobs, clock, logger, unused_hours }).sweep();
    expect(names()).toHaveLength(1);
  });

  it('runs by itself', async () => {
    const { messenger, ann, names } = await startMedia({ limits: { unused_media_hours: 0.0001 } });
    await messenger.media.upload(ann, { file: new Uint8Array(9) });
    messenger.clock.advance(1_000);
    await expect.poll(names, { timeout: 5_000 }).toEqual([]);
  });
});

describe('a picture of a group', () => {
  type Write = Storage['chats']['write'];
  /** `write` stands for the storage's own as soon as `is_on`. */
  async function startGroupPicture(write: (own: Write) => Write = (own) => own) {
    const own = sqlite(':memory:');
    const breaks = { is_on: false };
    const replaced = withReplaced(own, {
      chats: { write: (...given) => (breaks.is_on ? write(own.chats.write) : own.chats.write)(...given) },
    });
    const started = await startMedia({ storage: replaced });
    const { messenger, ann } = started;
    const { id: chat_id } = await messenger.chats.createGroup(ann, { chat_name: 'x', participant_ids: [] });
    const set = async (file: Upload) => (await messenger.chats.setAvatar(ann, { chat_id, file })).avatar_url as string;
    return { ...started, chat_id, set, breaks };
  }

  it('stays for as long as it is the one, and goes at once when another is', async () => {
    const { messenger, ann, chat_id, set, names, sweeper } = await startGroupPicture();
    const file = await picture(1024);
    await set(file);
    const second = await set(file);
    expect(names()).toEqual([nameOf(second)]);
    messenger.clock.advance(1e9);
    await sweeper.sweep();
    expect(names()).toEqual([nameOf(second)]);
    await messenger.chats.removeAvatar(ann, { chat_id });
    expect(names()).toEqual([]);
  });

  it('goes in a transaction of the host only when that is committed', async () => {
    const { messenger, ann, chat_id, set, names, sweeper } = await startGroupPicture();
    const url = await set(await picture(1024));
    const undone = messenger.transaction(async ({ chats }) => {
      await chats.removeAvatar(ann, { chat_id });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await sweeper.sweep();
    expect(names()).toEqual([nameOf(url)]);
    await messenger.transaction(({ chats }) => chats.removeAvatar(ann, { chat_id }));
    await sweeper.sweep();
    expect(names()).toEqual([]);
  });

  it('is taken back when the write refuses it, and the one before stays', async () => {
    const { messenger, storage, ann, chat_id, set, names } = await startGroupPicture();
    const first = await set(await picture(1024));
    const content = await picture(1024);
    async function* whileTheGroupGoes() {
      await messenger.chats.delete(ann, { chat_id, for_everyone: true });
      yield content;
    }
    expect(await codeOf(set(whileTheGroupGoes()))).toBe('NOT_A_MEMBER');
    expect(names()).toEqual([nameOf(first)]);
    expect(await storage.media.condemnUnused({ before: Number.MAX_SAFE_INTEGER, at: 1, limit: 9 })).toEqual([]);
  });

  it('stays when its commit was made and the answer lost', async () => {
    const { messenger, ann, chat_id, set, names, breaks } = await startGroupPicture((own) => async (...given) => {
      await own(...given);
      throw new MessengerError('BUSY');
    });
    breaks.is_on = true;
    expect(await codeOf(set(await picture(1024)))).toBe('BUSY');
    const { avatar_url } = await messenger.chats.get(ann, { chat_id });
    expect(names()).toEqual([nameOf(avatar_url as string)]);
    expect(await messenger.openMedia(nameOf(avatar_url as string))).not.toBeNull();
  });
});

describe('references in a message', () => {
  const a = `attachment_${'a'.repeat(24)}.png`;
  const b = `attachment_${'b-_9'.repeat(6)}.bin`;
  it.each([
    [`/static/${a}`, [a]],
    [`https://chat.example/static/${a}`, [a]],
    [`Look: /static/${a}, and /static/${b}!`, [a, b]],
    [`/static/${a}. /static/${a}`, [a]],
    [JSON.stringify({ url: `/static/${a}`, caption: 'x' }), [a]],
    [`/static/${a}?x=1#y`, [a]],
    ['hello', []],
    ['/static/', []],
    [`/static/${a}.html`, [a]],
    [`/static/x${a}`, []],
    [`/static/../${a}`, []],
    [a, []],
    [`/static/attachment_${'a'.repeat(25)}.png`, []],
    [`/static/secret_${'a'.repeat(24)}.png`, []],
  ])('%s', (content, names) => expect(mediaNamesIn(content)).toEqual(names));

  it('are bounded, and found in no time', () => {
    const many = Array.from({ length: 100 }, (_, n) => `/static/attachment_${String(n).padStart(24, '0')}.png`);
    expect(mediaNamesIn(many.join(' '))).toHaveLength(20);
    expect(mediaNamesIn('/static/attachment_'.repeat(3_000))).toEqual([]);
  });
});

describe('sharp', () => {
  it('draws a few at a time, and refuses when too many wait', async () => {
    const images: ImageProcessor = await createImageProcessor();
    const content = await picture(500);
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => images.thumbnail(content, 100)));
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused.length).toBe(28);
    expect(refused[0]).toMatchObject({ reason: { code: 'BUSY' } });
  });
});
