import { defineConfig } from 'vitest/config';

const source = (path: string) => new URL(`./packages/${path}`, import.meta.url).pathname;

export default defineConfig({
  // Tests read the sources, so a stack trace points at the line that was written; what users install (dist) is tested
  // by the child processes of the fault tests, by the examples and by the smoke test of the built packages.
  resolve: {
    alias: [
      { find: '@dialect/core/testing', replacement: source('core/src/testing/index.ts') },
      { find: /^@dialect\/([a-z-]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'tests/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // One more than the cores of a small machine: many tests wait, for a killed server or a held push.
    maxWorkers: 3,
  },
});
