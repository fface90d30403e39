import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Files that are being written. Their names say who writes them, so that the rest of a dead process can be told. */

const host = encodeURIComponent(hostname()).replaceAll('~', '-').slice(0, 60);
/** A process has its number again and again, in a container always the same one: this tells it from its predecessor. */
const self = randomBytes(9).toString('base64url');
/** Nobody pauses for so long in the middle of a file: for writers on other machines, of whom we know nothing else. */
const abandoned_ms = 3_600_000;

export function createPartialName(): string {
  return `.${host}~${process.pid}~${self}~${randomBytes(9).toString('base64url')}.part`;
}

/** Removes what processes left that died while they wrote. */
export async function removeStalePartials(folder: string): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((one) => one.startsWith('.') && one.endsWith('.part'))) {
    const path = join(folder, name);
    if (isOfTheDead(name) || (await isAbandoned(path))) await rm(path, { force: true });
  }
}

function isOfTheDead(name: string): boolean {
  const [its_host, pid, its_self] = name.slice(1).split('~');
  if (its_host !== host || its_self === self) return false;
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => null);
  return file !== null && Date.now() - file.mtimeMs > abandoned_ms;
}
