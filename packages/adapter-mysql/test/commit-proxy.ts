import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * Where the connection breaks. `before`: the server never hears of the commit. `after`: the server has committed, and
 * its answer is lost. `late`: we hear of the break before the server has even got the commit, which it then carries out.
 */
export type Break = 'before' | 'after' | 'late';

export interface CommitProxy {
  port: number;
  /** The next commit breaks so, or so many of them. */
  arm(how: Break, times?: number): void;
  /** Lets the commit that is late arrive. */
  letGo(): void;
  /** Commits that were broken. */
  broken(): number;
  /** From now on the statements that begin so reach the server as something that it does not understand. */
  garble(beginning: string): void;
  /** Tells all clients, without having been asked, that the server lets them go; and then nobody hangs up. */
  dismiss(): void;
  /** The statements that have reached the server. */
  statements: string[];
  close(): Promise<void>;
}

/** A way to the server on which a commit can get lost, and other statements can suffer. */
export async function createCommitProxy(target: { host: string; port: number }): Promise<CommitProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let how: Break = 'before';
  let armed = 0;
  let broken = 0;
  let letGo = (): void => undefined;
  let is_dismissing = false;
  let garbled: string | null = null;
  const statements: string[] = [];

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return socket.setNoDelay(true);
  }

  /** True when these bytes went no further: they were a commit, and the time had come. */
  function breaks(near: Socket, far: Socket, data: Buffer): boolean {
    // A command is the end of what is sent: the client waits for its answer.
    if (armed === 0 || !/commit$/i.test(data.toString('latin1'))) return false;
    armed -= 1;
    broken += 1;
    far.removeAllListeners('data');
    if (how === 'before') {
      far.resetAndDestroy();
      near.resetAndDestroy();
    } else if (how === 'after') {
      far.once('data', () => {
        near.resetAndDestroy();
        far.destroy();
      });
      far.write(data);
    } else {
      near.resetAndDestroy();
      far.once('data', () => far.destroy());
      letGo = () => void far.write(data);
    }
    return true;
  }

  /** What goes on to the server. A statement follows the header of its packet, its kind, and what MySQL puts between. */
  function garble(data: Buffer): Buffer {
    const [statement] = /[a-z][\x20-\x7e]*$/i.exec(data.toString('latin1')) ?? [''];
    if (data[4] === 3) statements.push(statement);
    if (garbled === null || !statement.startsWith(garbled)) return data;
    return Buffer.concat([data.subarray(0, data.length - statement.length), Buffer.alloc(statement.length, 'x')]);
  }

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const near = keep(socket);
    clients.add(near);
    near.on('close', () => clients.delete(near)).on('end', () => is_dismissing || near.end());
    const far = keep(connect(target));
    let is_broken = false;
    near.on('data', (data) => {
      if (!is_broken) is_broken = breaks(near, far, data);
      if (!is_broken) far.write(garble(data));
    });
    far.on('data', (data) => near.write(data));
    near.on('close', () => is_broken || far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.');

  return {
    port: address.port,
    arm(next, times = 1) {
      how = next;
      armed = times;
    },
    letGo: () => letGo(),
    broken: () => broken,
    garble(beginning) {
      garbled = beginning;
    },
    dismiss() {
      is_dismissing = true;
      const text = Buffer.from('\xff\xbf\x0f#HY000The client was idle for too long.', 'latin1');
      for (const client of clients) client.write(Buffer.concat([Buffer.from([text.length, 0, 0, 0]), text]));
    },
    statements,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
