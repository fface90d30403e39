// Two typed clients talk through a real server, and the network between them and it is cut in the middle.
// Run it with: npm run demo
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { type ChatHandle, type Client, createClient, type MessageView } from '@dialect/client';
import { createMessenger } from '@dialect/core';
import { createCuttableProxy } from '@dialect/core/testing';
import { createNodeHandler } from '@dialect/server-http';
import { attachWebSocket } from '@dialect/transport-ws';
import WebSocket from 'ws';

const say = (text: string): void => console.log(text);
const dim = (text: string): string => (process.stdout.isTTY ? `\u001b[2m${text}\u001b[0m` : text);

// A server as anybody would run it, and in front of it a network that we can break.
const messenger = createMessenger({
  storage: sqlite(':memory:'),
  accounts: { secret: crypto.getRandomValues(new Uint8Array(32)) },
});
await messenger.start();
const server = createServer(createNodeHandler(messenger));
const transport = attachWebSocket(server, messenger);
await once(server.listen(0, '127.0.0.1'), 'listening');
const network = await createCuttableProxy({ port: (server.address() as AddressInfo).port });
const url = `http://127.0.0.1:${network.port}`;

async function join(username: string, phone: string): Promise<Client> {
  const client = createClient({ url, WebSocket, reconnect: { min_ms: 100, max_ms: 500 } });
  await client.auth.register({ phone, username, password: 'correct horse battery' });
  await client.auth.login({ phone, password: 'correct horse battery' });
  await client.connect();
  client.status.subscribe((status) => say(dim(`  · ${username} is ${status}`)));
  return client;
}

function watch(name: string, chat: ChatHandle): void {
  let shown = 0;
  chat.messages.subscribe((list: readonly MessageView[]) => {
    const arrived = list.filter((message) => message.seq !== null);
    for (const message of arrived.slice(shown)) {
      if (!message.is_mine) say(`  ${name} reads   #${message.seq} ${message.content}`);
    }
    shown = arrived.length;
  });
}

say('Ann and Ben sign up and open their chat.');
const ann = await join('ann', '+79990000001');
const ben = await join('ben', '+79990000002');
const annChat = await ann.chats.open({ with: 'ben' });
const benChat = await ben.chats.open({ with: 'ann' });
watch('ann', annChat);
watch('ben', benChat);

await annChat.send('Hello Ben!');
await benChat.send('Hello Ann.');

say('\nNow the network is cut, and both go on writing.');
network.cut();
const waiting = [
  annChat.send('Can you hear me?'),
  benChat.send('I think we lost the connection.'),
  annChat.send('Never mind, I will just keep typing.'),
];
say(dim(`  · ${ann.outbox.get().length + ben.outbox.get().length} messages wait in the outboxes`));
await new Promise((resolve) => setTimeout(resolve, 600));

say('\nThe network is back.');
network.resume();
await Promise.all(waiting);
benChat.markRead();
await settled(() => contents(annChat).length === 5 && contents(benChat).length === 5);

const stored = await messenger.messages.history(
  { user_id: ann.me.get()?.id as number },
  { chat_id: annChat.id, after_seq: 0 },
);
assert.deepEqual(
  contents(annChat),
  stored.map((message) => message.content),
);
assert.deepEqual(contents(benChat), contents(annChat));
say(`\nNothing lost, nothing doubled: ${stored.length} messages, and both lists equal the database:`);
for (const message of stored)
  say(`  #${message.seq} ${message.sender_id === ann.me.get()?.id ? 'ann' : 'ben'}: ${message.content}`);

await Promise.all([ann.close(), ben.close()]);
await transport.close();
await network.close();
server.close();
await messenger.close();

function contents(chat: ChatHandle): string[] {
  return chat.messages.get().map((message) => message.content);
}

async function settled(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 10_000) throw new Error('The lists did not become complete within 10 seconds.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
