import { afterEach, beforeEach, expect } from 'vitest';
import { WebSocket } from 'ws';
import { type Client, type ClientOptions, createClient } from '../src/index.js';
import { type Peer, type ScriptedServer, scriptedServer } from './scripted-peer.js';

/** A scripted server for each test, and clients that are closed after it. */
export function useScriptedServer() {
  const fixture = {
    server: null as unknown as ScriptedServer,
    clients: [] as Client[],
    create(options: Partial<ClientOptions> = {}): Client {
      const client = createClient({
        url: fixture.server.url,
        token: 'token',
        WebSocket,
        reconnect: { min_ms: 20, max_ms: 100 },
        ...options,
      });
      fixture.clients.push(client);
      return client;
    },
    /** A client that is online, and the connection it is on. */
    async online(
      frames: Parameters<Peer['greet']> = [],
      options: Partial<ClientOptions> = {},
    ): Promise<{ client: Client; peer: Peer }> {
      const client = fixture.create(options);
      const connected = client.connect();
      const peer = await fixture.server.next();
      await peer.greet(...frames);
      await connected;
      return { client, peer };
    },
  };
  let timers = 0;
  beforeEach(async () => {
    timers = runningTimers();
    fixture.server = await scriptedServer();
    fixture.clients = [];
  });
  afterEach(async () => {
    await Promise.all(fixture.clients.map((client) => client.close()));
    await fixture.server.close();
    // Whatever a test does, a closed client leaves no timer behind.
    const end = Date.now() + 1_000;
    while (runningTimers() > timers && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
    expect(runningTimers()).toBeLessThanOrEqual(timers);
  });
  return fixture;
}

/** What a list shows, in short. */
export function contents(client: Client, id = 7): string[] {
  return client
    .chat(id)
    .messages.get()
    .map(({ content }) => content);
}

export function deliveries(client: Client, id = 7): string[] {
  return client
    .chat(id)
    .messages.get()
    .map(({ content, delivery }) => `${content}:${delivery}`);
}

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
