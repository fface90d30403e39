import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { socketPath, subprotocol } from '@dialect/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunningServer, serve } from '../src/serve.js';
import { readSettings } from '../src/settings.js';
import { StartupError } from '../src/startup-error.js';
import { ask, password, temporaryFolder } from './support/start-api.js';

async function start(environment: Record<string, string> = {}): Promise<RunningServer> {
  const server = await serve(readSettings({ PORT: '0', DATA_DIR: temporaryFolder(), ...environment }));
  onTestFinished(() => server.close());
  return server;
}
const json = { 'content-type': 'application/json' };
const register = (url: string) =>
  ask(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ phone: '+79001234567', username: 'anna', password }),
  });
const signIn = (url: string) =>
  ask(`${url}/api/v1/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ username: '+79001234567', password }),
  });

describe('serve', () => {
  test('people, their passwords and their tokens outlive a restart', async () => {
    const DATA_DIR = join(temporaryFolder(), 'new', 'data');
    const first = await start({ DATA_DIR });
    expect(first.key).toMatchObject({ is_new: true, path: join(DATA_DIR, 'secret.key') });
    expect(statSync(DATA_DIR).mode & 0o777).toBe(0o700);
    await register(first.url);
    const { access_token } = (await signIn(first.url)).body;
    await first.close();
    const second = await start({ DATA_DIR });
    expect(second.key).toMatchObject({ is_new: false });
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await ask(`${second.url}/api/v1/users/me`, { headers })).body).toMatchObject({ username: 'anna' });
    expect((await signIn(second.url)).status).toBe(200);
  });

  test('with a key from the settings none is kept; the life of a token is a setting', async () => {
    const DATA_DIR = temporaryFolder();
    const server = await start({ DATA_DIR, SECRET_KEY: 'k'.repeat(40), ACCESS_TOKEN_EXPIRE_MINUTES: '5' });
    expect(server.key).toBeNull();
    expect(existsSync(join(DATA_DIR, 'secret.key'))).toBe(false);
    await register(server.url);
    expect((await signIn(server.url)).body.expires_in).toBe(300);
  });

  test('the socket is beside the API', async () => {
    const server = await start();
    expect(server.socket_url).toBe(`${server.url.replace('http', 'ws')}${socketPath}`);
    const upgrade = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': subprotocol,
    };
    const accepted = await new Promise<string | undefined>((resolve, reject) => {
      request(`${server.url}${socketPath}`, { headers: upgrade })
        .on('upgrade', (response, socket) => {
          socket.destroy();
          resolve(response.headers['sec-websocket-protocol']);
        })
        .on('error', reject)
        .end();
    });
    expect(accepted).toBe(subprotocol);
  });

  test('what is no HTTP at all is answered with the headers too', async () => {
    const { url } = await start();
    const answers = await Promise.all(
      ['GARBAGE\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`].map(
        (text) =>
          new Promise<string>((resolve) => {
            let answer = '';
            const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
            socket.on('data', (data) => {
              answer += data;
            });
            socket.on('error', () => undefined).on('close', () => resolve(answer));
          }),
      ),
    );
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual([
      'HTTP/1.1 400 Bad Request',
      'HTTP/1.1 431 Request Header Fields Too Large',
    ]);
    for (const answer of answers) expect(answer).toContain('X-Frame-Options: DENY');
  });

  test('closing lets requests finish, and does not wait for connections that idle or say nothing', async () => {
    const server = await start();
    const port = Number(new URL(server.url).port);
    await ask(`${server.url}/health/live`);
    const silent = connect(port, '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const slow = register(server.url);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = performance.now();
    const [answer] = await Promise.all([slow, server.close()]);
    expect(answer.status).toBe(200);
    expect(performance.now() - since).toBeLessThan(3_000);
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
    silent.destroy();
  });
});

describe('what keeps it from starting', () => {
  const settings = (environment: Record<string, string>) => readSettings({ PORT: '0', ...environment });

  test('a port in use, before any data is touched', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const DATA_DIR = join(temporaryFolder(), 'data');
    const failed = serve(settings({ PORT: String(port), DATA_DIR }));
    await expect(failed).rejects.toThrow(new StartupError(`PORT: ${port} on 127.0.0.1 is already in use.`));
    expect(existsSync(DATA_DIR)).toBe(false);
  });

  test('a host that is not this one', async () => {
    const failed = serve(settings({ HOST: '192.0.2.1', DATA_DIR: temporaryFolder() }));
    await expect(failed).rejects.toThrow(new StartupError('HOST: 192.0.2.1 is no address of this machine.'));
  });

  test('a data folder that is a file, or holds a file that is no database', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(serve(settings({ DATA_DIR: join(folder, 'file') }))).rejects.toThrow(
      /^DATA_DIR: .*file cannot be used: /,
    );
    writeFileSync(join(folder, 'dialect.db'), 'x'.repeat(10_000));
    await expect(serve(settings({ DATA_DIR: folder }))).rejects.toThrow(/^DATA_DIR: .* not a database$/);
  });
});
