import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../structure.mjs', import.meta.url));
const lines = (count: number) => 'export {};\n'.repeat(count);
const trees: string[] = [];

/** A small tree in which every import goes the right way. */
const sound: Record<string, string> = {
  '.gitignore': 'node_modules/\ndist/\n',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'ESNext',
      moduleResolution: 'Bundler',
      paths: { '@dialect/*': ['./packages/*/src/index.ts'] },
    },
  }),
  'package.json': '{}',
  'node_modules/zod/package.json': '{ "name": "zod", "main": "index.js" }',
  'node_modules/zod/index.js': '',
  'node_modules/argon2/package.json': '{ "name": "argon2", "main": "index.js" }',
  'node_modules/argon2/index.js': '',
  'packages/protocol/src/index.ts': 'export const a = 1;\n',
  'packages/core/package.json': '{ "dependencies": { "zod": "4" }, "peerDependencies": { "argon2": "1" } }',
  'packages/core/src/index.ts': "export { a } from '@dialect/protocol';\nexport { send } from './messaging/send.js';\n",
  'packages/core/src/messaging/send.ts':
    "import { readFile } from 'node:fs';\nimport 'zod';\nimport { may } from '../domain/rule.js';\nexport const send = [may, readFile];\n",
  'packages/core/src/chat/create.ts': 'export const create = 1;\nexport type Create = 1;\n',
  'packages/core/src/domain/rule.ts':
    "import type { a } from '@dialect/protocol';\nimport { other } from './other.js';\nexport const may: typeof a = other;\n",
  'packages/core/src/domain/other.ts':
    "import type { may } from './rule.js';\nexport const other = 1;\nexport type May = typeof may;\n",
  'packages/core/src/defaults/hasher.ts': "export const load = () => import('argon2');\n",
  'packages/core/src/limit.ts': lines(300),
  'packages/core/test/limit.test.ts': lines(500),
  'packages/core/dist/built.js': lines(1000),
  'packages/client/src/index.ts': "export { a } from '@dialect/protocol';\n",
  'packages/adapter-sqlite/src/index.ts': "export * from '@dialect/core';\n",
  'packages/server-http/src/index.ts': "export * from '@dialect/core';\n",
  'packages/server-http/src/serve.ts': "export * from '@dialect/adapter-sqlite';\n",
  'examples/demo/index.ts': "export * from '@dialect/client';\n",
};

function check(changes: Record<string, string> = {}) {
  const root = mkdtempSync(path.join(tmpdir(), 'structure-'));
  trees.push(root);
  for (const [file, text] of Object.entries({ ...sound, ...changes })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: root });
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

afterEach(() => {
  for (const root of trees.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** Each is one wrong file; the name of the rule that has to refuse it comes first. */
const planted: [rule: string, file: string, text: string][] = [
  ['protocol-imports', 'packages/protocol/src/up.ts', "export * from '@dialect/core';\n"],
  ['cycle', 'packages/core/src/domain/other.ts', "import { may } from './rule.js';\nexport const other = () => may;\n"],
  ['file-length', 'packages/core/src/long.ts', lines(301)],
  ['file-length', 'packages/core/test/long.test.ts', lines(501)],
  ['protocol-imports', 'packages/protocol/src/node.ts', "export * from 'node:fs';\n"],
  [
    'client-imports',
    'packages/client/src/type.ts',
    "import type { a } from '@dialect/core';\nexport type A = typeof a;\n",
  ],
  ['client-imports', 'packages/client/src/node.ts', "export * from 'node:events';\n"],
  ['core-imports', 'packages/core/src/client.ts', "export * from '@dialect/client';\n"],
  ['core-imports', 'packages/core/src/server.ts', "export * from '@dialect/server-http';\n"],
  ['adapter-sqlite-imports', 'packages/adapter-sqlite/src/zod.ts', "export * from 'zod';\n"],
  ['undeclared-dependency', 'packages/server-http/src/zod.ts', "export * from 'zod';\n"],
  ['unresolvable', 'packages/core/src/missing.ts', "export * from 'jose';\n"],
  ['package-without-a-row', 'packages/new/src/index.ts', "export * from '@dialect/core';\n"],
  ['packages-by-name', 'packages/core/src/path.ts', "export * from '../../protocol/src/index.js';\n"],
  ['examples-use-published-names', 'examples/demo/path.ts', "export * from '../../packages/client/src/index.js';\n"],
  ['adapters-in-the-composition-root', 'packages/server-http/src/app.ts', "export * from '@dialect/adapter-sqlite';\n"],
  ['optional-peers-load-late', 'packages/core/src/defaults/early.ts', "export * from 'argon2';\n"],
  ['domain-is-pure', 'packages/core/src/domain/value.ts', "export { a } from '@dialect/protocol';\n"],
  [
    // The import of a type must not hide the import of a value beside it.
    'domain-is-pure',
    'packages/core/src/domain/both.ts',
    "import type { Create } from '../chat/create.js';\nimport { create } from '../chat/create.js';\nexport const both: Create = create;\n",
  ],
  ['use-cases-stand-alone', 'packages/core/src/messaging/sideways.ts', "export { create } from '../chat/create.js';\n"],
  ['core-folder-unknown', 'packages/core/src/extras/new.ts', "export * from 'zod';\n"],
];

test('a sound tree passes; its cycle of types is only reported', () => {
  const { status, output } = check();
  expect(output).toContain('warn type-cycle');
  expect(output).toContain('(0 errors, 1 warnings)');
  expect(status, output).toBe(0);
});

test.each(planted.slice(0, 3))('%s alone makes it fail', (rule, file, text) => {
  const { status, output } = check({ [file]: text });
  expect(output).toContain(`error ${rule}: ${file}`);
  expect(status).toBe(1);
});

test('every wrong file is named with its rule', () => {
  const { output } = check(Object.fromEntries(planted.map(([, file, text]) => [file, text])));
  for (const [rule, file] of planted) expect(output).toContain(`error ${rule}: ${file}`);
});
