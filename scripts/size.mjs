// What the client costs an app that loads it: one minified, tree-shaken ESM bundle with the protocol package in it.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './packages.mjs';

const budgetBytes = 12_000;

const { outputFiles } = await build({
  stdin: { contents: "export { createClient } from '@dialect/client';", resolveDir: root },
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  // Without the repository's `paths`, which would lead to the sources: what counts is what users install.
  tsconfigRaw: {},
}).catch(() => process.exit(1)); // esbuild has printed what is wrong
const bundle = outputFiles[0].contents;
const bytes = gzipSync(bundle, { level: 9 }).length;
console.log(`@dialect/client: ${bytes} bytes gzipped (${bundle.length} minified), budget ${budgetBytes}`);
process.exitCode = bytes <= budgetBytes ? 0 : 1;
