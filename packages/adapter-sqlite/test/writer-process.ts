// A process of its own that appends to a chat of a database file: `writer-process.ts <path> <chat> <user> <count>`.
// It says "ready" when it has opened the database, and begins when it is told to by a line on stdin. It writes in bursts
// of ten and waits after each until somebody else has written, so that nobody gets it all done while the others wait.
import { once } from 'node:events';
import { sqlite } from '../src/index.js';

const [path, ...numbers] = process.argv.slice(2) as [string, ...string[]];
const [chat_id, actor_id, count] = numbers.map(Number) as [number, number, number];
const storage = sqlite(path);
await storage.migrate();
process.stdout.write('ready\n');
await once(process.stdin, 'data');

async function write(n: number): Promise<boolean> {
  const client_id = `${actor_id}-${n}`;
  const message = { client_id, content: `${n}`, message_type: 'text', reply_to_id: null, at: Date.now() } as const;
  const [outcome] = await storage.chats.write([{ kind: 'append', chat_id, actor_id, ...message }], () => null);
  return outcome?.kind === 'message';
}

async function somebodyElseWrote(): Promise<void> {
  for (;;) {
    const [newest] = await storage.messages.page({ chat_id, floor_seq: 0, limit: 1, offset: 0 });
    if (newest?.sender_id !== actor_id) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

let stored = 0;
for (let start = 0; start < count; start += 10) {
  const burst = await Promise.all(Array.from({ length: 10 }, (_, n) => write(start + n)));
  stored += burst.filter((is_stored) => is_stored).length;
  await somebodyElseWrote();
}
await storage.close();
process.stdin.destroy();
process.stdout.write(`${stored} stored\n`);
