import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient, type Status } from '../src/index.js';
import { useScriptedServer } from './fixture.js';
import { sleep, snapshot, until } from './scripted-peer.js';

describe('connection', () => {
  const use = useScriptedServer();

  it('says honestly how it stands', async () => {
    const client = use.create();
    const seen: Status[] = [];
    client.status.subscribe((status) => seen.push(status));
    const connected = client.connect();
    const peer = await use.server.next();
    await peer.take('hello');
    peer.welcome();
    await sleep(20);
    expect(client.status.get()).toBe('connecting');
    peer.say({ type: 'ready' });
    await connected;
    peer.cut();
    const again = await use.server.next();
    await again.greet();
    await until(() => client.status.get() === 'online');
    await client.close();
    expect(seen).toEqual(['idle', 'connecting', 'online', 'offline', 'connecting', 'online', 'closed']);
  });

  it.each([
    [4400, 'closed', 'FORBIDDEN'],
    [4426, 'closed', 'FORBIDDEN'],
    [4403, 'signed_out', 'UNAUTHORIZED'],
  ])('does not come back after %i', async (code, status, error) => {
    const client = use.create();
    const connected = client.connect();
    const peer = await use.server.next();
    peer.socket.close(code as number);
    await expect(connected).rejects.toMatchObject({ code: error });
    expect(client.status.get()).toBe(status);
    await sleep(150);
    expect(use.server.peers).toHaveLength(1);
  });

  it.each([1001, 1006, 1009, 1012, 4408, 4429])('comes back after %i', async (code) => {
    const { client, peer } = await use.online();
    if (code === 1006) peer.cut();
    else peer.socket.close(code);
    await (await use.server.next()).greet();
    await until(() => client.status.get() === 'online');
  });

  it('waits as long as a bye says', async () => {
    const { client, peer } = await use.online();
    const told: unknown[] = [];
    client.on('disconnected', (event) => told.push(event));
    peer.say({ type: 'bye', code: 1012, reconnect: true, after_ms: 200 });
    peer.socket.close(1012);
    const start = Date.now();
    await use.server.next();
    expect(Date.now() - start).toBeGreaterThan(180);
    expect(told).toEqual([{ code: 1012, reconnects: true }]);
  });

  it('goes on trying while there is no server, further and further apart', async () => {
    const client = use.create({ url: 'http://127.0.0.1:9', reconnect: { min_ms: 1, max_ms: 5 } });
    const ended: number[] = [];
    client.on('disconnected', ({ code }) => ended.push(code));
    const connected = client.connect();
    await until(() => ended.length > 5);
    await client.close();
    await expect(connected).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('pings after silence and gives up when nothing comes', async () => {
    const client = use.create();
    void client.connect();
    const peer = await use.server.next();
    await peer.take('hello');
    peer.welcome({ ping_ms: 50 });
    peer.say({ type: 'ready' });
    await peer.take('ping');
    peer.say({ type: 'pong' });
    await peer.take('ping');
    expect(client.status.get()).toBe('online');
  });

  it('gives up a server that does not welcome it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = use.create({ reconnect: { min_ms: 1e9, max_ms: 1e9 } });
    void client.connect();
    await vi.waitFor(() => expect(use.server.peers).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(client.status.get()).toBe('offline');
    vi.useRealTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('ignores what it does not understand', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    for (const text of ['', 'no json', '[]', 'null', '3', '{"type":"new_in_v2"}', '{}']) peer.socket.send(text);
    peer.socket.send(Buffer.from([1, 2, 3]));
    await sleep(20);
    expect(client.status.get()).toBe('online');
  });

  it('reconnects at once when the browser is online again', async () => {
    const events = new EventTarget();
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events));
    vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events));
    const { client, peer } = await use.online([], { reconnect: { min_ms: 1e9, max_ms: 1e9 } });
    peer.cut();
    await until(() => client.status.get() === 'offline');
    events.dispatchEvent(new Event('online'));
    await (await use.server.next()).greet();
    await until(() => client.status.get() === 'online');
    await client.close();
    vi.unstubAllGlobals();
  });

  it('says what to do when there is no WebSocket', async () => {
    vi.stubGlobal('WebSocket', undefined);
    const client = createClient({ url: use.server.url });
    await expect(client.connect()).rejects.toThrow(/createClient\(\{ WebSocket \}\)/);
    vi.unstubAllGlobals();
  });

  it('keeps a message that no frame can carry from closing the connection', async () => {
    const { client } = await use.online([snapshot([])]);
    const sent = client.chat(7).send('x'.repeat(600_000));
    await expect(sent).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    expect(client.status.get()).toBe('online');
  });

  it('closes in time also when the server does not answer', async () => {
    const { client, peer } = await use.online();
    peer.socket.pause();
    const start = Date.now();
    await client.close();
    expect(Date.now() - start).toBeLessThan(1_000);
    expect(client.status.get()).toBe('closed');
  });
});
