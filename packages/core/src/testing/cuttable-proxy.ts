import { connect, createServer, type Socket } from 'node:net';

export interface CuttableProxy {
  /** Where clients connect; everything goes on to the port given, on 127.0.0.1. */
  port: number;
  /** Connections that are open now. */
  connections(): number;
  /** Breaks every connection with a reset (RST) and refuses new ones until `resume`. */
  cut(): void;
  /** Takes new connections again; what a black hole held back goes on its way. */
  resume(): void;
  /** Lets so many more bytes through to the clients, counted over all connections, and then cuts as `cut` does. */
  cutAfterBytes(bytes: number): void;
  /**
   * Nothing passes any more, in either direction, and neither side hears that the other one is gone; new connections are
   * taken and stay silent. As in a network that loses every packet, TCP delivers them later if it ever gets the chance.
   */
  blackhole(): void;
  /** Breaks every connection and stops listening. */
  close(): Promise<void>;
}

interface Pair {
  near: Socket;
  far: Socket;
}

/** A network that a test can break: a TCP proxy on a free port. */
export async function createCuttableProxy({ port: target }: { port: number }): Promise<CuttableProxy> {
  const pairs = new Set<Pair>();
  let state: 'open' | 'cut' | 'blackhole' = 'open';
  let bytes_left = Number.POSITIVE_INFINITY;

  function cut(): void {
    state = 'cut';
    bytes_left = Number.POSITIVE_INFINITY;
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    pairs.clear();
  }

  function end(pair: Pair): void {
    // The other side of a black hole is told when it ends.
    if (state === 'blackhole') return;
    pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }

  /** Slows the sender down to the pace of the receiver, as a wire would. */
  function pass(from: Socket, to: Socket, data: Buffer): void {
    if (to.write(data)) return;
    from.pause();
    to.once('drain', () => state === 'open' && from.resume());
  }

  function toClient({ near, far }: Pair, data: Buffer): void {
    if (data.length < bytes_left) {
      bytes_left -= data.length;
      pass(far, near, data);
      return;
    }
    // Written out before the reset, or the last bytes would be lost with it. A cut in the meantime has done it already.
    near.write(data.subarray(0, bytes_left), () => state === 'open' && cut());
    bytes_left = 0;
  }

  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: '127.0.0.1' });
    const pair = { near, far };
    pairs.add(pair);
    near.setNoDelay(true).on('data', (data) => pass(near, far, data));
    far.setNoDelay(true).on('data', (data) => toClient(pair, data));
    far.on('error', () => undefined);
    for (const socket of [near, far]) {
      socket.on('close', () => end(pair));
      if (state === 'blackhole') socket.pause();
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.');

  return {
    port: address.port,
    connections: () => pairs.size,
    cut,
    resume() {
      state = 'open';
      for (const pair of pairs) {
        if (pair.near.destroyed || pair.far.destroyed) end(pair);
        pair.near.resume();
        pair.far.resume();
      }
    },
    cutAfterBytes(bytes) {
      bytes_left = bytes;
    },
    blackhole() {
      state = 'blackhole';
      for (const { near, far } of pairs) {
        near.pause();
        far.pause();
      }
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
