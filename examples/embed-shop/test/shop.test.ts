import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient } from '@dialect/client';
import { createMessenger } from '@dialect/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { open, shops, type TestShop } from './shops.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The clerk's process, and what it has said so far. */
function startClerk(
  shop: TestShop,
  first: number,
  how: string,
): { process: ChildProcess; lines: AsyncIterator<string> } {
  const script = fileURLToPath(new URL('clerk.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, shop.where, String(first), how], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What the database has: orders by what was ordered, and the thanks that the customers were sent, in the same form. */
async function read(where: string): Promise<{ orders: string[]; thanks: string[] }> {
  const shop = open(where);
  const messenger = createMessenger({ storage: shop.storage });
  await messenger.start();
  try {
    const orders = (await shop.orders()).map((order) => order.what);
    const clerk = await messenger.asUser({ external_id: 'shop', first_name: 'The shop' });
    const thanks: string[] = [];
    for (const chat of await messenger.chats.list(clerk)) {
      for (let after_seq = 0; ; ) {
        const page = await messenger.messages.history(clerk, { chat_id: chat.id, after_seq, limit: 100 });
        thanks.push(...page.map(({ content }) => /order of (.*)!$/.exec(content)?.[1] ?? content));
        after_seq = page.at(-1)?.seq ?? 0;
        if (page.length === 0) break;
      }
    }
    return { orders: orders.sort(), thanks: thanks.sort() };
  } finally {
    await messenger.close();
    await shop.close();
  }
}

async function killBetween(shop: TestShop, how: string): Promise<void> {
  const clerk = startClerk(shop, 1, how);
  expect([(await clerk.lines.next()).value, (await clerk.lines.next()).value]).toEqual(['ready', 'between']);
  await kill(clerk.process);
}

/** Kills the clerk again and again in the middle of its work, and counts what it had said was placed. */
async function killRepeatedly(shop: TestShop, kills: number): Promise<string[]> {
  const said: string[] = [];
  for (let round = 0; round < kills; round++) {
    const clerk = startClerk(shop, round * 100_000, 'steadily');
    await clerk.lines.next();
    const enough = 5 + Math.floor(Math.random() * 10);
    for (let count = 0; count < enough; count++) said.push((await clerk.lines.next()).value);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    await kill(clerk.process);
  }
  return said;
}

describe.each(shops)('the shop on $name', ({ create }) => {
  async function createShop(): Promise<TestShop> {
    const shop = await create();
    onTestFinished(() => shop.remove());
    return shop;
  }

  it("takes an order over HTTP and thanks for it in the customer's client, once", async () => {
    const shop = await createShop();
    vi.stubEnv('SHOP_DATABASE', shop.where);
    vi.stubEnv('PORT', '0');
    vi.resetModules();
    const { server, close } = await import('../server.js');
    if (!server.listening) await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const customer = createClient({ url, token: 'customer: 7', WebSocket });
    const place = (order: unknown) => fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order) });
    try {
      await customer.connect();
      const order = { id: 'a', customer_id: 'customer: 7', what: 'tea' };
      const answers = [await place(order), await place(order)];
      expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
      const { chat_id } = (await (answers[1] as Response).json()) as { chat_id: number };
      const messages = customer.chat(chat_id).messages;
      await expect.poll(() => messages.get().map((one) => one.content)).toEqual(['Thank you for your order of tea!']);
      expect(await (await fetch(`${url}/orders`)).json()).toEqual([order]);
      expect((await place({ id: 1 })).status).toBe(422);
    } finally {
      await customer.close();
      await close();
      vi.unstubAllEnvs();
    }
  });

  it('has neither the order nor the message when it is killed between them', async () => {
    const shop = await createShop();
    await killBetween(shop, 'stop-between');
    expect(await read(shop.where)).toEqual({ orders: [], thanks: [] });
  });

  it('would have the order without the message, were they committed apart: the same test sees it', async () => {
    const shop = await createShop();
    await killBetween(shop, 'stop-between-apart');
    expect(await read(shop.where)).toEqual({ orders: ['tea 1'], thanks: [] });
  });

  it('has a message for every order and an order for every message, whenever it is killed', async () => {
    const shop = await createShop();
    const said = await killRepeatedly(shop, 6);
    const { orders, thanks } = await read(shop.where);
    expect(thanks).toEqual(orders);
    expect(orders).toEqual(expect.arrayContaining(said.map((id) => `tea ${id.slice('order-'.length)}`)));
    expect(said.length).toBeGreaterThanOrEqual(30);
  }, 120_000);
});
