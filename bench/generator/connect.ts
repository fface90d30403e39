import { openSocket, type Socket } from './socket.ts';
import type { Wire } from './wires/wire.ts';

export interface Link {
  user: number;
  socket: Socket;
}

/** Handshakes at a time: enough to be quick, too few to overflow a listen queue. */
const ABREAST = 50;

/** Opens one signed-in socket for each user. */
export async function connectAll(users: readonly number[], wire: Wire, port: number): Promise<Link[]> {
  const links: Link[] = [];
  for (let first = 0; first < users.length; first += ABREAST) {
    const some = users.slice(first, first + ABREAST).map((user) => connect(user, wire, port));
    links.push(...(await Promise.all(some)));
  }
  return links;
}

async function connect(user: number, wire: Wire, port: number): Promise<Link> {
  const token = String(user);
  const socket = await openSocket({ port, path: wire.path, subprotocols: wire.subprotocols });
  await new Promise<void>((resolve, reject) => {
    socket.onClose = (reason) => reject(new Error(`user ${user}: ${reason}`));
    socket.onText = (frame) => {
      const answer = wire.signIn(frame.toString(), token);
      if (typeof answer === 'string') socket.send(answer);
      if (answer === true) resolve();
    };
    const greeting = wire.greeting(token);
    if (greeting !== undefined) socket.send(greeting);
  });
  // A socket that closes later fails the trial.
  socket.onClose = (reason) => {
    throw new Error(`user ${user}: ${reason}`);
  };
  return { user, socket };
}

export function refused(frame: Buffer): never {
  throw new Error(`the server refused: ${frame.toString().slice(0, 300)}`);
}
