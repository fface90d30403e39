import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqlite } from '@dialect/adapter-sqlite';
import { createClient } from '@dialect/client';
import { createMessenger } from '@dialect/core';
import { createNodeHandler } from '@dialect/server-http';
import { attachWebSocket } from '@dialect/transport-ws';
import { expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';

const account = { phone: '+79990000002', password: 'correct horse battery' };

async function startServer(): Promise<string> {
  const messenger = createMessenger({ storage: sqlite(':memory:'), accounts: { secret: 'x'.repeat(32) } });
  await messenger.start();
  const server = createServer(createNodeHandler(messenger));
  const transport = attachWebSocket(server, messenger);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
    await messenger.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The bot as a newcomer runs it: a process of its own. */
async function startBot(url: string): Promise<void> {
  const env = { ...process.env, DIALECT_URL: url, PHONE: '+79990000001', PASSWORD: 'a long one of its own' };
  const bot = spawn(process.execPath, ['--import', 'tsx', 'bot.ts'], {
    cwd: new URL('..', import.meta.url).pathname,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void bot.kill('SIGKILL'));
  await once(bot.stdout, 'data');
}

test('the bot answers commands once each, pins and likes, and is silent otherwise', async () => {
  const url = await startServer();
  await startBot(url);
  const ann = createClient({ url, WebSocket });
  onTestFinished(() => ann.close());
  await ann.auth.register({ ...account, username: 'ann_k' });
  await ann.auth.login(account);
  await ann.connect();
  const chat = await ann.chats.open({ with: '@command_bot' });
  const contents = () => chat.messages.get().map(({ content }) => content);

  await chat.send('/echo Hello there');
  await expect.poll(contents, { timeout: 5_000 }).toEqual(['/echo Hello there', 'Hello there']);
  const { id } = await chat.send('just talking');
  await chat.send('/unknown');
  await chat.send({ content: '/pin', reply_to_id: id });
  await chat.send({ content: '/like', reply_to_id: id });
  await chat.send('/who');
  await expect.poll(() => contents().at(-1)).toBe('command_bot, ann_k');
  const pinned = chat.messages.get().find((message) => message.id === id);
  expect(pinned).toMatchObject({ is_pinned: true, reactions: [{ emoji: '👍' }] });
  expect(chat.messages.get().filter(({ is_mine }) => !is_mine)).toHaveLength(2);
  expect(chat.messages.get()[1]).toMatchObject({ reply_to: { content: '/echo Hello there' } });
});
