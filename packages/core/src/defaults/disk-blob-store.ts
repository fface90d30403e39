import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { MessengerError } from '../errors.js';
import type { BlobStore } from '../ports/index.js';
import { createPartialName, removeStalePartials } from './partial-files.js';
import { syncFolder } from './sync-folder.js';

/** No room on the disk, in the quota, or for a file of this size. */
const fullCodes = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Blobs as files of one folder. A blob appears under its name only when it is whole and on disk. */
export function createDiskBlobStore(folder: string): BlobStore {
  const pathOf = (name: string): string => {
    // Names are ours, but a port must not be a way out of its folder.
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/.test(name)) throw new Error(`Not a blob name: ${JSON.stringify(name)}`);
    return join(folder, name);
  };

  return {
    async start() {
      // Now and not with the first file: a folder that cannot be made is to be heard of.
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeStalePartials(folder);
    },

    async put(name, content: Readable) {
      // From the start: an upload that breaks off before anybody reads it would otherwise end the process.
      content.on('error', () => undefined);
      const target = pathOf(name);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const partial = join(folder, createPartialName());
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
        const is_full = fullCodes.includes((error as NodeJS.ErrnoException).code ?? '');
        throw is_full ? new MessengerError('STORAGE_FULL', { cause: error }) : error;
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
