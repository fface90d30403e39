import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Blocks of code that say in their first line which file they are taken from. */
const blocks = [...read('../../../docs/write-an-adapter.md').matchAll(/^```ts\n\/\/ (.+)\n([\s\S]*?)^```$/gm)];

it('shows what this adapter really does: docs/write-an-adapter.md', () => {
  expect(blocks.length).toBeGreaterThan(4);
  for (const [, file, code] of blocks) expect(read(`../${file}`), file).toContain(code);
});
