// A process of its own that places orders until it is killed: `clerk.ts <database> <first order> <how>`. It says the id
// of each order that is placed. How: `steadily`; `stop-between`, which says "between" when the order's row is written
// and its message is not, and goes no further; `stop-between-apart`, the same by a shop that commits the row first.
import { createMessenger } from '@dialect/core';
import { placeOrder } from '../place-order.js';
import { open } from './shops.js';

const [where = '', first = '0', how = 'steadily'] = process.argv.slice(2);
const shop = open(where);
await shop.createTables();
const messenger = createMessenger({
  storage: shop.storage,
  limits: { messages_per_second: Number.POSITIVE_INFINITY },
});
await messenger.start();

const say = (line: string) => process.stdout.write(`${line}\n`);
async function stop(): Promise<void> {
  say('between');
  await new Promise(() => setInterval(() => undefined, 1_000));
}

const stopping: typeof shop = {
  ...shop,
  async insertOrder(connection, order) {
    await shop.insertOrder(connection, order);
    await stop();
  },
};

say('ready');
for (let n = Number(first); ; n++) {
  const order = { id: `order-${n}`, customer_id: `customer-${n % 5}`, what: `tea ${n}` };
  if (how === 'stop-between-apart') {
    // What a shop does whose chat is a service elsewhere.
    await messenger.transaction(({ connection }) => shop.insertOrder(connection, order));
    await stop();
  }
  await placeOrder(messenger, how === 'stop-between' ? stopping : shop, order);
  say(order.id);
}
