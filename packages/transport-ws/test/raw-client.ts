import { connect, type Socket } from 'node:net';
import { socketPath, subprotocol } from '@dialect/protocol';
import { onTestFinished } from 'vitest';

/** A native client without manners: it never answers a close frame, and reads only when told to. */
export interface RawClient {
  socket: Socket;
  /** Everything received so far, frame headers among the text. */
  text(): string;
  send(frame: object): void;
}

export async function connectRaw(url: string, frame: object): Promise<RawClient> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(
    [
      `GET ${socketPath} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: ${subprotocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
  });
  const client: RawClient = {
    socket,
    text: () => received,
    send(body) {
      const payload = Buffer.from(JSON.stringify(body));
      if (payload.length > 125) throw new Error('Short frames only.');
      // Masked by zeros, which is the text itself (RFC 6455, 5.3).
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
    },
  };
  client.send(frame);
  return client;
}
