// npm start: the reference server, built first when it is not. Arguments after `--` go to `dialect`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = new URL('../packages/server-http/dist/cli.js', import.meta.url);

if (!existsSync(new URL('../node_modules', import.meta.url)))
  stop('The dependencies are missing: run "npm install" first.');
if (!existsSync(cli)) {
  console.error('Not built yet: running "npm run build" once ...');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: 'inherit',
    // npm is a script on Windows, and those are started by a shell.
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(cli)) stop('The build failed; the lines above say where.');
}

// In this process, not in a child: SIGTERM and SIGINT must reach the server itself, or it could not drain its sockets.
const { main } = await import(cli.href);
await main();

function stop(message) {
  console.error(message);
  process.exit(1);
}
