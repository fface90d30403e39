// A shop whose orders and chat share one database and one commit. Try it: npm start -w examples/embed-shop
// SHOP_DATABASE=mysql://user:password@host:port/database runs it on MySQL or MariaDB.
import { createServer, type IncomingMessage } from 'node:http';
import { createMessenger } from '@dialect/core';
import { attachWebSocket } from '@dialect/transport-ws';
import { openMysqlShop } from './mysql-shop.js';
import { placeOrder } from './place-order.js';
import type { Order, ShopDatabase } from './shop-database.js';
import { openSqliteShop } from './sqlite-shop.js';

const where = process.env.SHOP_DATABASE ?? 'shop.db';
const shop: ShopDatabase = where.startsWith('mysql:') ? openMysqlShop(where) : openSqliteShop(where);

export const messenger = createMessenger({
  storage: shop.storage,
  // Your own sign-in; here a customer is who they say they are.
  identify: ({ token }) => (token ? { external_id: token } : null),
  // The shop writes to everybody.
  limits: { messages_per_second: Number.POSITIVE_INFINITY },
});
await shop.createTables();
await messenger.start();

export const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    if (request.url !== '/orders') return answer(404, { error: 'There are only /orders.' });
    if (request.method === 'GET') return answer(200, await shop.orders());
    const order = await readOrder(request);
    if (!order) return answer(422, { error: 'An order has an id, a customer_id and a what.' });
    answer(201, await placeOrder(messenger, shop, order));
  } catch (error) {
    console.error(error);
    answer(503, { error: 'Please send the same order again.' });
  }
});

async function readOrder(request: IncomingMessage): Promise<Order | null> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 10_000) return null;
  }
  const { id, customer_id, what } = parse(text);
  const is_order = typeof id === 'string' && typeof customer_id === 'string' && typeof what === 'string';
  return is_order ? { id, customer_id, what } : null;
}

function parse(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}

export const transport = attachWebSocket(server, messenger);
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log('Orders and chat on', server.address()));

export async function close(): Promise<void> {
  await transport.close();
  server.close();
  await messenger.close();
  await shop.close();
}
