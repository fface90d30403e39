import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { administrate, describeMysql, has_mysql, mysqlUrl } from '../../tests/support/mysql.js';
import { closedPort } from './closed-port.ts';

const root = join(import.meta.dirname, '../..');
const quick = ['--contestants', 'dialect-mysql', '--only', 'W1x1', '--seconds', '0.2', '--rounds', '1'];
let built = '';
let child: ChildProcess | undefined;

/** The bench as it is run, bundled into a folder of its own: somebody may be measuring with the other one. */
beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'dialect-bench-test-'));
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'bundle', '--', `--outdir=${join(built, 'dist')}`], {
    cwd: join(root, 'bench'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
});
afterEach(async () => {
  if (child?.pid === undefined || !has_mysql) return;
  child.kill('SIGKILL');
  for (const name of await databasesOf(child.pid)) await administrate(`drop database if exists ${name}`);
});
afterAll(() => rmSync(built, { recursive: true }));

function run(url: string, args: readonly string[]) {
  const started = spawn(process.execPath, [join(built, 'dist/run.js'), ...args], {
    env: { ...process.env, DIALECT_BENCH_MYSQL_URL: url, TMPDIR: built },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let text = '';
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
  return {
    pid: started.pid as number,
    ended: once(started, 'close').then(([code]) => ({ code: code as number, text })),
  };
}

async function databasesOf(pid: number): Promise<string[]> {
  const rows = await administrate(
    'select schema_name as name from information_schema.schemata where schema_name like ?',
    [`dialect\\_bench\\_${pid}\\_%`],
  );
  return rows.map(({ name }) => String(name));
}

function childrenOf(pid: number): number[] {
  const listed = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return listed.stdout.split('\n').filter(Boolean).map(Number);
}

/** Its load has begun: seeding this workload stores no message. */
async function hasMessages(pid: number): Promise<boolean> {
  const [database] = await databasesOf(pid);
  if (database === undefined) return false;
  const rows = await administrate(`select 1 from ${database}.dialect_messages limit 1`).catch(() => []);
  return rows.length > 0;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilUnderLoad(pid: number): Promise<void> {
  while (!(await hasMessages(pid))) {
    if (!isAlive(pid)) throw new Error('The bench ended before its load began.');
    await sleep(20);
  }
}

const foldersLeft = () => readdirSync(built).filter((name) => name.startsWith('dialect-bench-'));

test('without a server, one that was asked for by name is refused in one line', async () => {
  const { code, text } = await run(`mysql://root@127.0.0.1:${await closedPort()}`, quick).ended;
  expect(code).toBe(2);
  expect(text).toMatch(/^dialect-mysql: no MySQL or MariaDB server can be used at 127\.0\.0\.1:\d+ .*\n$/);
});

describeMysql('on a database server', () => {
  test('measures, counts every acknowledged row, profiles our server and leaves nothing behind', async () => {
    const { pid, ended } = run(mysqlUrl, [...quick, '--profile', join(built, 'profiles')]);
    const { code, text } = await ended;
    expect(text).toMatch(/\n {2}dialect-mysql {2}.*\d/);
    expect(text).toMatch(/ % {2}mysql2\n/);
    expect(code).toBe(0);
    expect(await databasesOf(pid)).toEqual([]);
    expect(foldersLeft()).toEqual([]);
  }, 60_000);

  test('leaves nothing behind when it is interrupted, however often', async () => {
    const { pid, ended } = run(mysqlUrl, [...quick, '--seconds', '30']);
    await untilUnderLoad(pid);
    const children = childrenOf(pid);
    expect(children.length).toBeGreaterThan(1);
    process.kill(pid, 'SIGINT');
    // After the first one is heard, while it is acted upon.
    await sleep(10);
    child?.kill('SIGINT');
    const { code, text } = await ended;
    expect(text).not.toContain('Error');
    expect(code).toBe(130);
    while (children.some(isAlive)) await sleep(20);
    expect(await databasesOf(pid)).toEqual([]);
    expect(foldersLeft()).toEqual([]);
  }, 60_000);

  test('fails when an acknowledged message is not stored, and leaves nothing behind', async () => {
    const { pid, ended } = run(mysqlUrl, [...quick, '--seconds', '1']);
    await untilUnderLoad(pid);
    for (const name of await databasesOf(pid)) await administrate(`delete from ${name}.dialect_messages limit 1`);
    const { code, text } = await ended;
    expect(text).toMatch(/dialect-mysql: \d+ messages acknowledged, \d+ rows stored/);
    expect(code).toBe(1);
    expect(await databasesOf(pid)).toEqual([]);
    expect(foldersLeft()).toEqual([]);
  }, 60_000);
});
