import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createClient } from '@dialect/client';
import { expect, test } from 'vitest';
import WebSocket from 'ws';

test("the embedding server: its own route writes, its own user's client reads, and answers", async () => {
  process.env.CHAT_DATABASE = ':memory:';
  process.env.PORT = '0';
  const { server, transport, messenger } = await import('../server.js');
  if (!server.listening) await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ann = createClient({ url, token: 'token-of-ann', WebSocket });
  try {
    await ann.connect();
    const response = await fetch(`${url}/orders`, { method: 'POST' });
    const order = (await response.json()) as { chat_id: number };
    expect(response.status).toBe(201);
    const chat = ann.chat(order.chat_id);
    await expect
      .poll(() => chat.messages.get().map((message) => message.content))
      .toEqual(['Thank you for your order!']);
    await expect.poll(() => chat.state.get().chat_name).toBe('The shop');
    const answer = await chat.send('You are welcome.');
    expect(answer.seq).toBe(2);
    // Somebody without a token of the host is nobody.
    const stranger = createClient({ url, token: 'token-of-eve', WebSocket });
    await expect(stranger.connect()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    await stranger.close();
  } finally {
    await ann.close();
    await transport.close();
    server.close();
    await messenger.close();
  }
});
