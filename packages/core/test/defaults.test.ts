import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  blobStoreContract,
  createFakeClock,
  eventBusContract,
  passwordHasherContract,
  rateLimiterCases,
  rateLimiterContract,
  tokenSignerContract,
  usernameFilterContract,
  usernameSnapshotContract,
} from '@dialect/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createPasswordHasher } from '../src/defaults/argon2-password-hasher.js';
import { createBloomUsernameFilter } from '../src/defaults/bloom-username-filter.js';
import { createDiskBlobStore } from '../src/defaults/disk-blob-store.js';
import { createFileSnapshot } from '../src/defaults/file-snapshot.js';
import { createTokenSigner } from '../src/defaults/jose-token-signer.js';
import { createLocalEventBus } from '../src/defaults/local-event-bus.js';
import { createMemoryRateLimiter } from '../src/defaults/memory-rate-limiter.js';
import { createPartialName } from '../src/defaults/partial-files.js';

// One for all cases: making it hashes a password.
const hasher = createPasswordHasher();

blobStoreContract({
  name: 'disk',
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'dialect-blobs-'));
    return {
      blobs: createDiskBlobStore(join(folder, 'made', 'on demand')),
      names: async () => (await readdir(join(folder, 'made', 'on demand')).catch(() => [])).sort(),
      remove: () => rm(folder, { recursive: true }),
    };
  },
});
rateLimiterContract({ name: 'memory', create: createMemoryRateLimiter });
eventBusContract({ name: 'local', create: createLocalEventBus });
passwordHasherContract({ name: 'argon2', create: () => hasher });
tokenSignerContract({ name: 'jose', create: ({ secret, ...options }) => createTokenSigner(secret, options) });
usernameFilterContract({ name: 'bloom', create: createBloomUsernameFilter });
usernameFilterContract({ name: 'small bloom', create: () => createBloomUsernameFilter({ capacity: 100 }) });
usernameSnapshotContract({
  name: 'file',
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'dialect-snapshot-'));
    return {
      snapshot: createFileSnapshot(join(folder, 'made', 'on demand', 'usernames.filter')),
      remove: () => rm(folder, { recursive: true }),
    };
  },
});

describe('the disk store', () => {
  it('takes away what dead processes were writing, and nothing of living ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dialect-blobs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const host = createPartialName().slice(1).split('~')[0];
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const files = {
      kept: [
        'attachment_a.png',
        `.${host}~${process.ppid}~x~y.part`,
        '.elsewhere~1~x~y.part',
        '.hidden',
        createPartialName(),
      ],
      stale: [`.${host}~${dead}~x~y.part`, `.${host}~${process.pid}~before~y.part`, '.elsewhere~1~x~old.part'],
    };
    for (const name of [...files.kept, ...files.stale]) await writeFile(join(folder, name), 'x');
    await utimes(join(folder, '.elsewhere~1~x~old.part'), 1, 1);
    await createDiskBlobStore(folder).start?.();
    expect((await readdir(folder)).sort()).toEqual(files.kept.sort());
  });
});

describe('argon2', () => {
  it('uses the parameters of the OWASP Password Storage Cheat Sheet', async () => {
    const hash = await (await hasher).hash('a password');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('the token secret', () => {
  it('has at least 32 bytes', () => {
    const options = { minutes: 1, clock: createFakeClock() };
    expect(() => createTokenSigner('x'.repeat(31), options)).toThrow('at least 32 bytes; it has 31');
    expect(() => createTokenSigner(new Uint8Array(32), options)).not.toThrow();
  });
});

describe('the rate limiter contract', () => {
  const run = (name: string, limiter: ReturnType<typeof createMemoryRateLimiter>, clock = createFakeClock()) =>
    Promise.resolve().then(() => rateLimiterCases[name]?.({ limiter, clock }));

  it('catches a limiter that is off', async () => {
    const off = { take: () => ({ allowed: true, retry_after_ms: 0 }) };
    await expect(run('lets a burst pass and no more', off)).rejects.toThrow();
  });

  it('catches a limiter that takes a moment between looking and taking', async () => {
    const clock = createFakeClock();
    const limiter = createMemoryRateLimiter(clock);
    let left = 4;
    const slow: typeof limiter = {
      async take() {
        const allowed = left > 0;
        await Promise.resolve();
        if (allowed) left -= 1;
        return { allowed, retry_after_ms: 0 };
      },
    };
    await expect(run('lets one burst pass of those that race', slow, clock)).rejects.toThrow();
  });
});
