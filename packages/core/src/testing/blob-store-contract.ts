import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { BlobStore } from '../ports/index.js';
import { type Cases, runCases } from './cases.js';

export interface BlobStoreSubject {
  blobs: BlobStore;
  /** The names of everything that is stored, half-written things among them. */
  names(): Promise<string[]>;
}

const bytes = (size: number, seed = 1): Buffer => Buffer.from(Array.from({ length: size }, (_, n) => (n * seed) % 251));
const put = ({ blobs }: BlobStoreSubject, name: string, content: Buffer) => blobs.put(name, Readable.from([content]));

async function contentOf({ blobs }: BlobStoreSubject, name: string, range?: { start: number; end: number }) {
  const stream = await blobs.get(name, range);
  return stream && buffer(stream);
}

export const blobStoreCases: Cases<BlobStoreSubject> = {
  async 'gives back what was put, byte for byte'(subject) {
    for (const size of [0, 1, 65_536, 300_001]) {
      const content = bytes(size);
      expect(await put(subject, `blob-${size}`, content)).toBe(size);
      expect(await subject.blobs.size(`blob-${size}`)).toBe(size);
      expect((await contentOf(subject, `blob-${size}`))?.equals(content)).toBe(true);
    }
  },

  async 'gives a range with both of its ends'(subject) {
    const content = bytes(1_000);
    await put(subject, 'blob', content);
    const range = async (start: number, end: number) => contentOf(subject, 'blob', { start, end });
    expect(await range(0, 0)).toEqual(content.subarray(0, 1));
    expect(await range(10, 19)).toEqual(content.subarray(10, 20));
    expect(await range(990, 5_000)).toEqual(content.subarray(990));
  },

  async 'answers null for what is not there'({ blobs }) {
    expect([await blobs.get('nothing'), await blobs.size('nothing')]).toEqual([null, null]);
    await blobs.remove('nothing');
  },

  async removes(subject) {
    await put(subject, 'blob', bytes(10));
    await subject.blobs.remove('blob');
    expect(await subject.blobs.get('blob')).toBeNull();
    expect(await subject.names()).toEqual([]);
  },

  async 'replaces an existing name, whole'(subject) {
    await put(subject, 'blob', bytes(1_000));
    const reading = await subject.blobs.get('blob');
    await put(subject, 'blob', bytes(10, 3));
    expect(await contentOf(subject, 'blob')).toEqual(bytes(10, 3));
    // Who began to read before has the old one.
    expect(reading && (await buffer(reading))).toEqual(bytes(1_000));
  },

  async 'leaves nothing of a stream that fails, and the blob as it was'(subject) {
    await put(subject, 'blob', bytes(10));
    async function* broken(): AsyncGenerator<Buffer> {
      yield bytes(100_000);
      throw new Error('the upload broke off');
    }
    await expect(subject.blobs.put('blob', Readable.from(broken()))).rejects.toThrow('the upload broke off');
    await expect(subject.blobs.put('other', Readable.from(broken()))).rejects.toThrow('the upload broke off');
    expect(await contentOf(subject, 'blob')).toEqual(bytes(10));
    expect(await subject.names()).toEqual(['blob']);
  },

  async 'survives a stream that fails before it is read'(subject) {
    const stream = new Readable({ read: () => undefined });
    const putting = subject.blobs.put('blob', stream);
    stream.destroy(new Error('gone at once'));
    await expect(putting).rejects.toThrow();
    expect(await subject.names()).toEqual([]);
  },

  async 'shows nobody half a blob'(subject) {
    await put(subject, 'blob', bytes(10));
    let seen: unknown[] = [];
    async function* watched(): AsyncGenerator<Buffer> {
      yield bytes(200_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen = [
        await subject.blobs.size('blob'),
        (await contentOf(subject, 'blob'))?.length,
        await subject.blobs.size('new'),
      ];
      yield bytes(1);
    }
    await subject.blobs.put('blob', Readable.from(watched()));
    expect(seen).toEqual([10, 10, null]);
    expect(await subject.blobs.size('blob')).toBe(200_001);
  },

  async 'ends with one whole blob when several write the same name'(subject) {
    const contents = [1, 3, 5, 7].map((seed) => bytes(50_000 + seed, seed));
    const sizes = await Promise.all(contents.map((content) => put(subject, 'blob', content)));
    expect(sizes).toEqual(contents.map((content) => content.length));
    const kept = await contentOf(subject, 'blob');
    expect(contents.some((content) => kept?.equals(content))).toBe(true);
    expect(await subject.names()).toEqual(['blob']);
  },

  async 'begins with what is whole, and leaves alone what is being written'(subject) {
    await put(subject, 'blob', bytes(10));
    let left: string[] = [];
    async function* watched(): AsyncGenerator<Buffer> {
      yield bytes(100_000);
      await subject.blobs.start?.();
      left = await subject.names();
      yield bytes(1);
    }
    await subject.blobs.put('other', Readable.from(watched()));
    expect(left.includes('blob')).toBe(true);
    expect(await subject.blobs.size('other')).toBe(100_001);
    expect(await subject.names()).toEqual(['blob', 'other']);
  },

  async 'is no way out of its place'(subject) {
    for (const name of ['../out', 'a/b', '..', '.', '', '/etc/passwd', 'a\0b', '.hidden', 'x'.repeat(300)]) {
      await expect(put(subject, name, bytes(1)), name).rejects.toThrow();
      await expect(async () => subject.blobs.get(name), name).rejects.toThrow();
      await expect(async () => subject.blobs.size(name), name).rejects.toThrow();
      await expect(async () => subject.blobs.remove(name), name).rejects.toThrow();
    }
    expect(await subject.names()).toEqual([]);
  },
};

export function blobStoreContract(options: {
  name: string;
  create: () => Promise<BlobStoreSubject & { remove(): Promise<void> }>;
}): void {
  runCases(`blob store contract: ${options.name}`, blobStoreCases, async (check) => {
    const subject = await options.create();
    try {
      await check(subject);
    } finally {
      await subject.remove();
    }
  });
}
