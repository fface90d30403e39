// Loads every entry of every built package as its users do: by name, in plain Node, once by import and once by require.
// A test runner or a bundler forgives what Node does not: a missing file, a named import from a CommonJS module.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { packages } from './packages.mjs';

const print = (namespace) => `console.log(JSON.stringify(Object.keys(${namespace})))`;
const ways = {
  import: (entry) => ['--input-type=module', '-e', print(`await import('${entry}')`)],
  require: (entry) => ['--input-type=commonjs', '-e', print(`require('${entry}')`)],
};
// Added by Node where one module system is seen through the other.
const interop = ['__esModule', 'module.exports'];

let failures = 0;
for (const { folder, manifest } of packages) {
  for (const key of Object.keys(manifest.exports)) {
    const entry = path.posix.join(manifest.name, key);
    try {
      const imported = namesOf('import', entry, folder);
      const required = namesOf('require', entry, folder);
      if (imported.join() !== required.join()) {
        throw new Error(`import gives ${imported.join(', ')}\nrequire gives ${required.join(', ')}`);
      }
      console.log(`${entry}: ${imported.length} names`);
    } catch (error) {
      failures += 1;
      console.error(`${entry}: ${error.message}`);
    }
  }
}
process.exitCode = failures === 0 ? 0 : 1;

/** Run inside the package's folder, where its own name resolves through its `exports`. */
function namesOf(way, entry, folder) {
  const child = spawnSync(process.execPath, ['--stack-trace-limit=3', ...ways[way](entry)], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (child.error) throw new Error(`${way}: does not end by itself (${child.error.message})`);
  if (child.status !== 0) throw new Error(`${way} fails\n${child.stderr}`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1))
    .filter((name) => !interop.includes(name))
    .sort();
}
