// A messenger in a process of its own, from the built packages: what the fault tests kill. The mutants each remove one
// safety net, so that the tests can be seen to fail.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { mysql } from '@dialect/adapter-mysql';
import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger } from '@dialect/core';
import { attachWebSocket } from '@dialect/transport-ws';

const [database, port, mutant] = process.argv.slice(2);
const storage = database.startsWith('mysql:')
  ? mysql(database)
  : sqlite({ path: database, ...(mutant === 'synchronous-normal' && { synchronous: 'normal' }) });

const mutations = {
  none: (write) => write,
  'synchronous-normal': (write) => write,
  'no-dedupe': (write) => (operations, decide) =>
    write(
      operations.map((operation) => ({ ...operation, client_id: randomUUID() })),
      decide,
    ),
  // Answers at once with what it expects to store, and stores a moment later.
  'early-ack': (write) => {
    const seqs = new Map();
    return async (operations, decide) => {
      const outcomes = await Promise.all(operations.map((operation) => expected(operation, seqs)));
      setTimeout(() => write(operations, decide).catch(() => undefined), 25);
      return outcomes;
    };
  },
};

async function expected({ kind, chat_id, actor_id, at, ...message }, seqs) {
  if (kind !== 'append') throw new Error('This mutant only sends.');
  if (!seqs.has(chat_id)) {
    const [newest] = await storage.messages.page({ chat_id, floor_seq: 0, limit: 1, offset: 0 });
    seqs.set(chat_id, newest?.seq ?? 0);
  }
  const seq = seqs.get(chat_id) + 1;
  seqs.set(chat_id, seq);
  const row = { ...message, id: 1, chat_id, seq, rev: seq + 1, sender_id: actor_id, sent_at: at };
  return { kind: 'message', message: { ...row, edited_at: null, deleted_at: null, is_pinned: 0 }, duplicate: false };
}

storage.chats.write = mutations[mutant](storage.chats.write);

const messenger = createMessenger({
  storage,
  identify: ({ token }) => (token ? { external_id: token } : null),
  limits: { messages_per_second: Number.POSITIVE_INFINITY },
});
await messenger.start();
const server = createServer();
attachWebSocket(server, messenger);
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
