import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * The real server at `url`, as one that is older or is set up otherwise would look: in what is asked of it, some
 * expressions are replaced by values. They take the same room, so that every packet keeps its length. Returns its URL.
 */
export async function disguise(url: string, values: Readonly<Record<string, string>>): Promise<string> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const real = connect(Number(port || 3306), hostname);
    for (const socket of [client, real]) sockets.add(socket.on('error', () => undefined));
    client.on('data', (data) => real.write(replaceIn(data, values))).on('close', () => real.destroy());
    real.on('data', (data) => client.write(data)).on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const front = new URL(url);
  front.hostname = '127.0.0.1';
  front.port = String((server.address() as AddressInfo).port);
  return front.href;
}

function replaceIn(data: Buffer, values: Readonly<Record<string, string>>): Buffer {
  let text = data.toString('latin1');
  for (const [expression, value] of Object.entries(values)) {
    text = text.replace(expression, value.padEnd(expression.length));
  }
  return Buffer.from(text, 'latin1');
}
