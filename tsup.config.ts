import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

// Every package builds alike: one entry for each key of its `exports`, and one for its command if it has one.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, unknown>;
  bin?: Record<string, string>;
};
const entry: Record<string, string> = {};
for (const key of Object.keys(manifest.exports)) {
  const name = key === '.' ? 'index' : `${key.slice(2)}/index`;
  entry[name] = `src/${name}.ts`;
}

export default defineConfig([
  { entry, format: ['esm', 'cjs'], dts: true, clean: true, target: 'node20', sourcemap: true, outDir: 'dist' },
  ...(manifest.bin
    ? [{ entry: { cli: 'src/cli.ts' }, format: ['esm' as const], target: 'node20' as const, outDir: 'dist' }]
    : []),
]);
