import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { UsernameSnapshot } from '../ports/index.js';
import { syncFolder } from './sync-folder.js';

/**
 * A snapshot in one file, for one process. Two that save at the same moment may leave one that is neither's; its checksum
 * says so, and then it is as if there were none.
 */
export function createFileSnapshot(path: string): UsernameSnapshot {
  return {
    async load() {
      try {
        return await readFile(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },

    async save(pieces) {
      const folder = dirname(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Always the same name: what a killed process leaves is overwritten by the next.
      const partial = `${path}.part`;
      try {
        // For its owner alone: it tells of every name whether somebody has it.
        const file = await open(partial, 'w', 0o600);
        try {
          for (const piece of pieces) await file.writeFile(piece);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      await syncFolder(folder);
    },
  };
}
