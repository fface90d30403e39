import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type CuttableProxy, createCuttableProxy } from '@dialect/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('the cuttable proxy', () => {
  let server: Server;
  let proxy: CuttableProxy;
  let accepted: Socket[];
  let clients: Socket[];

  beforeEach(async () => {
    accepted = [];
    clients = [];
    // Answers everything twice.
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('data', (data) => {
        socket.write(data);
        socket.write(data);
      });
      socket.on('error', () => undefined);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    proxy = await createCuttableProxy({ port: (server.address() as AddressInfo).port });
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of [...clients, ...accepted]) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function client(): Promise<{ socket: Socket; received: () => string; closed: Promise<string> }> {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    let text = '';
    let problem = 'none';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      problem = error.code ?? 'unknown';
    });
    const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(problem)));
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', () => resolve()));
    return { socket, received: () => text, closed };
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  it('passes bytes in both directions', async () => {
    const { socket, received } = await client();
    socket.write('ping');
    await until(() => received() === 'pingping');
    expect(proxy.connections()).toBe(1);
  });

  it('passes large amounts whole', async () => {
    const { socket, received } = await client();
    socket.write('x'.repeat(2_000_000));
    await until(() => received().length === 4_000_000);
  });

  it('tells each side when the other has closed', async () => {
    const { socket, received, closed } = await client();
    socket.write('a');
    await until(() => received() === 'aa');
    accepted[0]?.end();
    expect(await closed).toBe('none');
    await until(() => proxy.connections() === 0);
  });

  it('cuts with a reset, on both sides, and refuses until it resumes', async () => {
    const { socket, received, closed } = await client();
    socket.write('a');
    await until(() => received() === 'aa');
    proxy.cut();
    expect(await closed).toBe('ECONNRESET');
    await until(() => accepted[0]?.destroyed === true);
    const refused = await client();
    expect(await refused.closed).toMatch('ECONNRESET');
    expect(accepted).toHaveLength(1);
    proxy.resume();
    const again = await client();
    again.socket.write('b');
    await until(() => again.received() === 'bb');
  });

  it('cuts in the middle of what the server sends, after exactly so many bytes', async () => {
    const { socket, received, closed } = await client();
    proxy.cutAfterBytes(7);
    socket.write('12345');
    await closed;
    expect(received()).toBe('1234512');
    proxy.resume();
    const again = await client();
    again.socket.write('b');
    await until(() => again.received() === 'bb');
  });

  it('counts the bytes of all connections together', async () => {
    const [one, two] = [await client(), await client()];
    proxy.cutAfterBytes(8);
    one.socket.write('123');
    await until(() => one.received() === '123123');
    two.socket.write('456');
    await Promise.all([one.closed, two.closed]);
    expect(two.received()).toBe('45');
  });

  it('lets nothing pass through a black hole, and tells neither side that the other one is gone', async () => {
    const { socket, received } = await client();
    socket.write('a');
    await until(() => received() === 'aa');
    proxy.blackhole();
    socket.write('b');
    const late = await client();
    late.socket.write('c');
    const gone = await client();
    await until(() => accepted.length === 3);
    gone.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([received(), late.received()]).toEqual(['aa', '']);
    expect([socket.destroyed, late.socket.destroyed, accepted[2]?.destroyed]).toEqual([false, false, false]);
    proxy.resume();
    await until(() => received() === 'aabb' && late.received() === 'cc');
    await until(() => accepted[2]?.destroyed === true && proxy.connections() === 2);
  });

  it('breaks everything when it is closed, a black hole too', async () => {
    const { closed } = await client();
    proxy.blackhole();
    await proxy.close();
    expect(await closed).toBe('ECONNRESET');
    proxy = await createCuttableProxy({ port: (server.address() as AddressInfo).port });
  });
});
