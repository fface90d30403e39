// A process of its own that appends to chats of a database file: `writer-process.ts <path> <chat> <user> <count>`.
// It says "ready" when it has opened the database, and begins when it is told to by a line on stdin.
import { once } from 'node:events';
import { sqlite } from '../src/index.js';

const [path, chat_id, actor_id, count] = process.argv.slice(2) as [string, string, string, string];
const storage = sqlite(path);
await storage.migrate();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const pending = Array.from({ length: Number(count) }, async (_, n) => {
  const [outcome] = await storage.chats.write(
    [
      {
        kind: 'append',
        chat_id: Number(chat_id),
        actor_id: Number(actor_id),
        client_id: `${actor_id}-${n}`,
        content: `${n}`,
        message_type: 'text',
        reply_to_id: null,
        at: Date.now(),
      },
    ],
    () => null,
  );
  return outcome?.kind;
});
const kinds = await Promise.all(pending);
await storage.close();
process.stdin.destroy();
process.stdout.write(`${kinds.filter((kind) => kind === 'message').length} stored\n`);
