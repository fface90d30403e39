// Structure: import directions and cycles (dependency-cruiser) and the length of files.
// usage: node scripts/structure.mjs [root]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root as home, tool } from './packages.mjs';

/** Lines in total, comments and blanks included: a limit that everybody can see in the editor. */
const limits = { source: 300, test: 500 };
const root = path.resolve(process.argv[2] ?? home);

const importsOk = checkImports();
const lengthsOk = checkLengths();
process.exitCode = importsOk && lengthsOk ? 0 : 1;

function checkImports() {
  const folders = ['packages', 'examples', 'bench', 'scripts'].filter((name) => existsSync(path.join(root, name)));
  const { status } = spawnSync(
    tool('depcruise'),
    ['--config', path.join(home, '.dependency-cruiser.cjs'), '--output-type', 'err-long', ...folders],
    { cwd: root, stdio: 'inherit' },
  );
  return status === 0;
}

function checkLengths() {
  const files = codeFiles().map((file) => ({ file, lines: countLines(file) }));
  const tooLong = files.filter(({ file, lines }) => lines > limits[kind(file)]);
  for (const { file, lines } of tooLong) {
    console.error(`  error file-length: ${file} has ${lines} lines, a ${kind(file)} may have ${limits[kind(file)]}`);
  }
  const sources = files.filter(({ file }) => /^packages\/[^/]+\/src\//.test(file)).map(({ lines }) => lines);
  console.log(`${files.length} code files; packages/*/src: ${sources.length} files, median ${median(sources)} lines`);
  return tooLong.length === 0;
}

/** What git tracks or would track: build output and whatever else is ignored is nobody's source. */
function codeFiles() {
  const { status, stdout, stderr } = spawnSync('git', ['ls-files', '-coz', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return [...new Set(stdout.split('\0'))].filter(
    (file) =>
      /[.][cm]?[jt]sx?$/.test(file) &&
      !/[.]generated[.]/.test(file) &&
      // Removed from the disk, not yet from the index.
      existsSync(path.join(root, file)),
  );
}

function kind(file) {
  return /(^|\/)test\/|[.]test[.][^/]+$/.test(file) ? 'test' : 'source';
}

function countLines(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
