import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { urlIn, useCommand } from './support/run-command.js';
import { ask, temporaryFolder } from './support/start-api.js';

const { path, run } = useCommand();

describe('dialect', () => {
  test('--help, --version and what it does not know', async () => {
    const [help, version, unknown, option] = await Promise.all(
      [['--help'], ['--version'], ['fly'], ['serve', '--fast']].map((argv) => run(argv).ended),
    );
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['migrate sql', 'SECRET_KEY', '--port']) expect(help?.stdout).toContain(name);
    const manifest = createRequire(import.meta.url)('../package.json') as { version: string };
    expect(version).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
    expect(unknown).toEqual({
      code: 2,
      stdout: '',
      stderr: 'dialect: There is no command "fly". Try "dialect --help".\n',
    });
    expect(option).toMatchObject({ code: 2, stdout: '' });
    expect(option?.stderr).toContain("Unknown option '--fast'");
  });

  test('also through the link that npm makes', async () => {
    const link = join(temporaryFolder(), 'dialect');
    symlinkSync(path(), link);
    expect((await run(['--version'], {}, { script: link }).ended).stdout).toMatch(/^\d/);
  });

  test('does nothing when it is imported', async () => {
    const script = `import(${JSON.stringify(path())}).then(({ main }) => console.log(typeof main))`;
    expect(await run(['-e', script], {}, { script: '--input-type=module' }).ended).toEqual({
      code: 0,
      stdout: 'function\n',
      stderr: '',
    });
  });

  test.each([
    ['PORT', 'http'],
    ['SECRET_KEY', 'hunter2'],
    ['ACCESS_TOKEN_EXPIRE_MINUTES', '-1'],
  ])('a wrong %s is one line and exit code 1', async (name, value) => {
    const ended = await run(['serve'], { DATA_DIR: temporaryFolder(), [name]: value }).ended;
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^dialect: ${name} [^\\n]+\\n$`));
    expect(ended.stderr).not.toContain('hunter2');
  });

  test('a port in use is one line and exit code 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const PORT = String((other.address() as AddressInfo).port);
    const ended = await run(['serve'], { PORT, DATA_DIR: temporaryFolder() }).ended;
    expect(ended).toEqual({ code: 1, stdout: '', stderr: `dialect: PORT: ${PORT} on 127.0.0.1 is already in use.\n` });
  });
});

describe('dialect serve', () => {
  test('says where everything is, keeps a key that it never shows, and ends with 0 on SIGTERM', async () => {
    const DATA_DIR = join(temporaryFolder(), 'data');
    const { child, until, ended } = run(['serve', '--port', '0'], { DATA_DIR });
    const output = await until('Key ');
    const url = urlIn(output);
    for (const text of [`${url}/api/v1`, `${url}/docs`, `${url.replace('http', 'ws')}/api/v1/messages/ws`, DATA_DIR]) {
      expect(output).toContain(text);
    }
    const key = join(DATA_DIR, 'secret.key');
    expect(output).toContain(key);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect((await ask(`${url}/health/ready`)).status).toBe(200);
    const since = performance.now();
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(stdout).not.toContain(readFileSync(key, 'utf8').trim());
  });

  test('a signal that arrives twice at once, as npm sends it, is one wish to stop', async () => {
    const { child, until, ended } = run([], { PORT: '0', DATA_DIR: temporaryFolder() });
    const request = await unfinishedRequest(urlIn(await until('Data ')));
    child.kill('SIGINT');
    await until('Stopping');
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    request.end('{}');
    expect((await ended).code).toBe(0);
  });

  test('a second one later ends it at once', async () => {
    const { child, until, ended } = run([], { PORT: '0', DATA_DIR: temporaryFolder() });
    await unfinishedRequest(urlIn(await until('Data ')));
    child.kill('SIGTERM');
    await until('Stopping');
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    const since = performance.now();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(performance.now() - since).toBeLessThan(2_000);
  });

  test('who never finishes a request is cut off, and the server still ends with 0 in time', async () => {
    const { child, until, ended } = run([], { PORT: '0', DATA_DIR: temporaryFolder() });
    await unfinishedRequest(urlIn(await until('Data ')));
    const since = performance.now();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  test('a rejection that nothing awaits is logged, and the server goes on; an exception ends it', async () => {
    const script = `
      const { main } = await import(${JSON.stringify(path())});
      await main(['serve']);
      process.once('SIGUSR2', () => setTimeout(() => { throw new Error('stray exception'); }));
      Promise.reject(new Error('stray rejection'));`;
    const environment = { PORT: '0', DATA_DIR: temporaryFolder() };
    const { child, until, ended } = run(['-e', script], environment, { script: '--input-type=module' });
    const url = urlIn(await until('Data '));
    await until('stray rejection');
    expect((await ask(`${url}/health/ready`)).status).toBe(200);
    child.kill('SIGUSR2');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ level, error }) => [level, /stray \w+/.exec(error)?.[0]])).toEqual([
      ['error', 'stray rejection'],
      ['error', 'stray exception'],
    ]);
  });
});

/** A request whose body is still to come: the server waits for it before it ends. */
async function unfinishedRequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  const head = 'POST /api/v1/auth/register HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n';
  socket.write(head);
  // The answer to Expect says that the server has seen the head.
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}
