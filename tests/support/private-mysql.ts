import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { describe } from 'vitest';

const how = [
  'no MySQL or MariaDB server is installed.',
  'Install one, for example with "apt-get install mariadb-server", or name its program in DIALECT_TEST_MYSQLD.',
].join(' ');

/** Where distributions put servers, beside the PATH. */
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];

function find(...names: string[]): string | null {
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => canRun(path)) ?? null;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findServer(): string | null {
  const program = process.env.DIALECT_TEST_MYSQLD ?? find('mariadbd', 'mysqld');
  if (program) return program;
  // Where changes are judged, a test that did not run must not look like one that passed.
  if (process.env.CI) throw new Error(`These tests need a server of their own: ${how}`);
  console.warn(`Skipped: ${how}`);
  return null;
}

const program = findServer();

/** A `describe` for what needs a server of its own: one that may be killed, and set to what it should not be. */
export const describePrivateMysql = describe.skipIf(program === null);

export interface PrivateMysql {
  /** Names no database; the user is root, without a password. */
  url: string;
  port: number;
  /** Runs one statement on a connection of its own. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** SIGKILL, and gone. */
  kill9(): Promise<void>;
  /** Until it may go on it keeps its connections and answers nobody. */
  freeze(): Promise<void>;
  thaw(): void;
  /** After a kill: on the same data and the same port, with further options of the server. Resolves when it answers. */
  start(...options: string[]): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** A server with a folder and a port of its own, that flushes at every commit. */
export async function createPrivateMysql(...options: string[]): Promise<PrivateMysql> {
  if (program === null) throw new Error(how);
  const folder = mkdtempSync(join(tmpdir(), 'dialect-mysql-'));
  const port = await freePort();
  const url = `mysql://root@127.0.0.1:${port}`;
  const log = join(folder, 'server.log');
  const own = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 's')}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--log-error=${log}`,
    // Some packages have a default that only their installation creates.
    `--secure-file-priv=${folder}`,
    '--innodb-buffer-pool-size=16M',
    '--innodb-flush-log-at-trx-commit=1',
    '--performance-schema=OFF',
    '--loose-mysqlx=OFF',
  ];
  let server: ChildProcess | null = null;
  // A run that is broken off leaves no server behind.
  const killNow = (): unknown => server?.kill('SIGKILL');
  process.on('exit', killNow);

  const running: PrivateMysql = {
    url,
    port,
    async sql(text) {
      const connection = await createConnection({ uri: url });
      try {
        const [rows] = await connection.query(text);
        return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
      } finally {
        await connection.end();
      }
    },
    async kill9() {
      if (!server || hasEnded(server)) return;
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
    },
    async freeze() {
      server?.kill('SIGSTOP');
      // Its threads stop one after another.
      while (await greets(port));
    },
    thaw: () => void server?.kill('SIGCONT'),
    async start(...more) {
      server = spawn(program, [...common(folder), ...own, ...options, ...more], { stdio: 'ignore' });
      await untilItAnswers(url, server).catch((error: unknown) => {
        throw new Error(`The server did not start: ${readFileSync(log, 'utf8').slice(-2_000)}`, { cause: error });
      });
    },
    async remove() {
      await running.kill9();
      process.off('exit', killNow);
      rmSync(folder, { recursive: true });
    },
  };
  try {
    prepare(folder);
    await running.start();
  } catch (error) {
    await running.remove();
    throw error;
  }
  return running;
}

/** No file of settings, and the server's right to run as root where the tests do. */
function common(folder: string): string[] {
  const as_root = process.getuid?.() === 0 ? ['--user=root'] : [];
  // In the common folder another server may take away a temporary table of the same name.
  return ['--no-defaults', `--datadir=${join(folder, 'data')}`, `--tmpdir=${folder}`, ...as_root];
}

/** The system tables of an empty server. */
function prepare(folder: string): void {
  mkdirSync(join(folder, 'data'));
  const is_mariadb = run(program as string, ['--version']).includes('MariaDB');
  if (!is_mariadb) run(program as string, [...common(folder), '--initialize-insecure']);
  else {
    const installer = find('mariadb-install-db', 'mysql_install_db');
    if (!installer) throw new Error('mariadb-install-db is not installed.');
    run(installer, [
      ...common(folder),
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
  }
}

function run(command: string, parameters: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr || stdout}`, { cause: error });
  return stdout;
}

async function untilItAnswers(uri: string, server: ChildProcess): Promise<void> {
  for (let wait = 0; ; wait++) {
    try {
      await (await createConnection({ uri, connectTimeout: 3_000 })).end();
      return;
    } catch (error) {
      if (hasEnded(server) || wait === 1_500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Whether it says anything to somebody who connects. */
async function greets(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  const silence = AbortSignal.timeout(100);
  return once(socket, 'data', { signal: silence })
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}

const hasEnded = (server: ChildProcess): boolean => server.exitCode !== null || server.signalCode !== null;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  server.close();
  await once(server, 'close');
  return address.port;
}
