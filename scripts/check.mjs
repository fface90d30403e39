// Everything that can be said about the tree and the built packages without running the tests.
// One step's failure does not hide the next one's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packages, root, tool } from './packages.mjs';

const steps = {
  built: () => packages.map(isBuilt).every(Boolean),
  types: () => run(tool('tsc'), '-p', '.', '--noEmit'),
  lint: () => run(tool('biome'), 'check', '--error-on-warnings', '.'),
  structure: () => script('structure'),
  publint: () => forEachPackage((folder) => [tool('publint'), 'run', folder, '--strict']),
  // Profile node16: Node >= 20.19 and bundlers read `exports`, so how TypeScript resolved before that (node10) is
  // nobody's case. cjs-resolves-to-esm: such a Node loads ESM by require(), so an entry may be ESM alone; that it
  // really loads is what the smoke test says.
  'are-the-types-wrong': () =>
    forEachPackage((folder) => [
      tool('attw'),
      ...['--pack', folder, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'],
    ]),
  smoke: () => script('smoke'),
  'client size': () => script('size'),
  // Converts every package by its own configuration, as its users' compilers would see it; writes nothing.
  docs: () => run(tool('typedoc'), '--emit', 'none', '--logLevel', 'Error'),
};

const summary = [];
for (const [name, step] of Object.entries(steps)) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  const ok = step();
  summary.push({
    ok,
    line: `${ok ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  });
}
console.log(`\n${summary.map(({ line }) => line).join('\n')}`);
process.exitCode = summary.every(({ ok }) => ok) ? 0 : 1;

/** A package that was never built would pass every step that only looks at what is there. */
function isBuilt({ name, folder }) {
  const missing = ['src/index.ts', 'dist/index.js'].filter((file) => !existsSync(path.join(folder, file)));
  console.log(missing.length === 0 ? `${name}: ok` : `${name}: no ${missing.join(', no ')}`);
  return missing.length === 0;
}

function run(command, ...args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

function script(name) {
  return run(process.execPath, path.join(root, 'scripts', `${name}.mjs`));
}

/** The tools print a page for each package; it is worth reading where something is wrong. */
function forEachPackage(commandFor) {
  return packages.map((item) => report(item.name, commandFor(item.folder), item.folder)).every(Boolean);
}

function report(name, [command, ...args], folder) {
  // are-the-types-wrong finds nothing wrong in a package without a dist.
  const built = existsSync(path.join(folder, 'dist'));
  const { status, stdout, stderr } = built
    ? spawnSync(command, args, { cwd: root, encoding: 'utf8' })
    : { status: 1, stdout: 'no dist\n', stderr: '' };
  console.log(status === 0 ? `${name}: ok` : `${name}: FAILED\n${stdout}${stderr}`);
  return status === 0;
}
