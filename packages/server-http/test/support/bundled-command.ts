import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/**
 * The `dialect` command as one program for plain Node, made from the sources as they are now: `dist` may be absent, or
 * older than what is to be tested. It lies below node_modules, so that it finds what it imports. Returns its path.
 */
export async function bundleCommand(): Promise<string> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'dialect-command-'));
  await build({
    entryPoints: { cli: join(root, 'packages/server-http/src/cli.ts') },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Our own packages come from their sources, by the paths of this file; everything else stays outside.
    tsconfig: join(root, 'tsconfig.json'),
    packages: 'external',
    logLevel: 'warning',
  });
  return join(outdir, 'cli.mjs');
}
