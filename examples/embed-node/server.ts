// Chat inside your own server: your users, your port, your process. Try it: npm start -w examples/embed-node
import { createServer } from 'node:http';
import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger } from '@dialect/core';
import { attachWebSocket } from '@dialect/transport-ws';

// Your own sign-in: here a table, in your application a session or a token.
const users: Record<string, { external_id: string; first_name: string }> = {
  'token-of-ann': { external_id: 'customer-1', first_name: 'Ann' },
  'token-of-shop': { external_id: 'shop', first_name: 'The shop' },
};

export const messenger = createMessenger({
  storage: sqlite(process.env.CHAT_DATABASE ?? './data/embedded.db'),
  identify: ({ token }) => users[token ?? ''] ?? null,
});
await messenger.start();

// Your own routes call the messenger like any other library.
export const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== '/orders') return response.writeHead(404).end();
  const shop = await messenger.asUser({ external_id: 'shop', first_name: 'The shop' });
  const customer = await messenger.asUser({ external_id: 'customer-1', first_name: 'Ann' });
  const chat = await messenger.chats.createPrivate(shop, { target_user_id: customer.user_id });
  const message = await messenger.messages.send(shop, { chat_id: chat.id, content: 'Thank you for your order!' });
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(message));
});

// The same port serves the chat's socket; browsers and Node connect with @dialect/client.
export const transport = attachWebSocket(server, messenger);
server.listen(Number(process.env.PORT ?? 3000), () => console.log('Orders and chat on', server.address()));
