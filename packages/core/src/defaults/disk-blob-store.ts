import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { BlobStore } from '../ports/index.js';
import { syncFolder } from './sync-folder.js';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Blobs as files of one folder. A blob appears under its name only when it is whole and on disk. */
export function createDiskBlobStore(folder: string): BlobStore {
  const pathOf = (name: string): string => {
    // Names are ours, but a port must not be a way out of its folder.
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/.test(name)) throw new Error(`Not a blob name: ${JSON.stringify(name)}`);
    return join(folder, name);
  };

  return {
    async put(name, content: Readable) {
      // From the start: an upload that breaks off before anybody reads it would otherwise end the process.
      content.on('error', () => undefined);
      const target = pathOf(name);
      await mkdir(folder, { recursive: true });
      const partial = `${folder}${sep}.${randomBytes(9).toString('base64url')}.part`;
      let bytes: number;
      try {
        const file = await open(partial, 'wx', 0o640);
        try {
          await writeFile(file, content);
          await file.sync();
          bytes = (await file.stat()).size;
        } finally {
          await file.close();
        }
        await rename(partial, target);
        await syncFolder(dirname(target));
        return bytes;
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },

    async get(name, range) {
      const path = pathOf(name);
      // Opened first: a stream that fails later cannot say "there is no such blob" in time.
      const file = await open(path).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      return file?.createReadStream(range) ?? null;
    },

    async size(name) {
      try {
        return (await stat(pathOf(name))).size;
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    async remove(name) {
      await rm(pathOf(name), { force: true });
    },
  };
}
