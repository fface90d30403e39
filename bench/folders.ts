import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = new Set<string>();
const TMPFS = 0x01021994;

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialect-bench-'));
  made.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  made.delete(folder);
}

/** For the end of the run, however it comes. */
export function removeFolders(): void {
  for (const folder of made) removeFolder(folder);
}

/** In memory an fsync costs nothing, and every figure about durability would be a lie. */
export function temporaryFolderIsMemory(): boolean {
  return statfsSync(tmpdir()).type === TMPFS;
}
