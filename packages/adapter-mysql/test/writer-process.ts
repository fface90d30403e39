// A process of its own that appends to a chat: `writer-process.ts <url> <chat> <user> <count>`. It says "ready" when it
// has opened the database, and begins when it is told to by a line on stdin. It writes in bursts of ten, each message in
// a transaction of its own.
import { once } from 'node:events';
import { mysql } from '../src/index.js';

const [url, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [chat_id, actor_id, count] = numbers.map(Number) as [number, number, number];
const storage = mysql(url);
await storage.migrate();
process.stdout.write('ready\n');
await once(process.stdin, 'data');

async function write(n: number): Promise<boolean> {
  const client_id = `${actor_id}-${n}`;
  const message = { client_id, content: client_id, message_type: 'text', reply_to_id: null, at: Date.now() } as const;
  const [outcome] = await storage.chats.write([{ kind: 'append', chat_id, actor_id, ...message }], () => null);
  return outcome?.kind === 'message' && !outcome.duplicate;
}

let stored = 0;
for (let start = 0; start < count; start += 10) {
  const burst = await Promise.all(Array.from({ length: 10 }, (_, n) => write(start + n)));
  stored += burst.filter((is_stored) => is_stored).length;
}
await storage.close();
process.stdin.destroy();
process.stdout.write(`${stored} stored\n`);
