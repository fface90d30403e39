import { request } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { createReader } from './frames.ts';

/**
 * A WebSocket client that does as little as one can: with a library the generator would need more of the two cores
 * than the servers under test. Text only, ASCII out, a mask of zeros (which servers undo like any other), and what is
 * sent in one turn of the event loop leaves in one write.
 */
export interface Socket {
  /** Queues one text message. */
  send(text: string): void;
  /** Hears each text message; the buffer is valid during the call only. */
  onText: (frame: Buffer) => void;
  onClose: (reason: string) => void;
}

const OPCODE = { text: 1, close: 8, ping: 9 };

export function openSocket(address: { port: number; path: string; subprotocols: string[] }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const upgrade = request({
      host: '127.0.0.1',
      port: address.port,
      path: address.path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'YmVuY2ggYmVuY2ggYmVuYw==',
        ...(address.subprotocols.length > 0 && { 'Sec-WebSocket-Protocol': address.subprotocols.join(', ') }),
      },
    });
    upgrade.once('error', reject);
    upgrade.once('response', (response) => reject(new Error(`no upgrade: ${response.statusCode}`)));
    upgrade.once('upgrade', (_response, tcp: TcpSocket, head) => {
      const socket = wrap(tcp);
      resolve(socket);
      // What came in the same packet as the handshake is heard after the caller had time to listen.
      if (head.length > 0) setImmediate(() => tcp.emit('data', head));
    });
    upgrade.end();
  });
}

function wrap(tcp: TcpSocket): Socket {
  const socket: Socket = { send: (text) => write(frameOf(OPCODE.text, text)), onText: () => {}, onClose: () => {} };
  let pending = '';
  const flush = () => {
    tcp.write(pending, 'latin1');
    pending = '';
  };
  const write = (frame: string) => {
    if (pending === '') queueMicrotask(flush);
    pending += frame;
  };
  const read = createReader((opcode, payload) => {
    if (opcode === OPCODE.text) socket.onText(payload);
    else if (opcode === OPCODE.ping) write(frameOf(10, payload.toString('latin1')));
    else if (opcode === OPCODE.close) socket.onClose(`closed by the server: ${payload.toString('latin1', 2)}`);
  });
  tcp.setNoDelay(true);
  tcp.on('data', read);
  tcp.on('error', (error) => socket.onClose(error.message));
  tcp.once('close', () => socket.onClose('cut by the server'));
  return socket;
}

function frameOf(opcode: number, text: string): string {
  const { length } = text;
  if (length > 0xffff) throw new Error('the bench sends no message of more than 64 KiB');
  const size = length < 126 ? char(0x80 | length) : char(0x80 | 126) + char(length >> 8) + char(length & 0xff);
  return `${char(0x80 | opcode)}${size}\0\0\0\0${text}`;
}

function char(byte: number): string {
  return String.fromCharCode(byte);
}
