// A bot that answers commands, in whatever chat it is written to. Start the server with `npm start`, then run it with
// DIALECT_URL=http://127.0.0.1:8000 PHONE=+79990000001 PASSWORD='a long one' npm start -w examples/bot
import { randomInt } from 'node:crypto';
import { type ChatHandle, createClient, isDialectError, type Message } from '@dialect/client';
import WebSocket from 'ws';

const { DIALECT_URL: url = 'http://127.0.0.1:8000', PHONE: phone = '', PASSWORD: password = '' } = process.env;
const client = createClient({ url, WebSocket });

/** What a command answers, by its name; nothing to stay silent. */
type Command = (words: string, message: Message, chat: ChatHandle) => string | Promise<string | undefined>;

const commands: Record<string, Command> = {
  help: () =>
    `I know ${Object.keys(commands)
      .map((name) => `/${name}`)
      .join(', ')}.`,
  echo: (words) => words || 'What shall I say?',
  roll: (words) => `${randomInt(1, Math.min(Math.max(Math.trunc(Number(words)) || 6, 2), 1_000_000) + 1)}`,
  who: (_, __, chat) =>
    chat.state
      .get()
      .members.map(({ nickname, first_name }) => nickname ?? first_name)
      .join(', '),
  async pin(_, { reply_to_id }) {
    if (reply_to_id === null) return 'Answer the message that I shall pin.';
    await client.messages.pin({ message_id: reply_to_id });
  },
  async like(_, message) {
    await client.messages.react({ message_id: message.reply_to_id ?? message.id, emoji: '👍' });
  },
};

client.on('message_created', async ({ chat, message }) => {
  const [, name = '', words = ''] = /^\/(\w+)\s*(.*)$/s.exec(message.content) ?? [];
  if (message.sender_id === client.me.get()?.id || !Object.hasOwn(commands, name)) return;
  try {
    const content = await commands[name]?.(words.trim(), message, chat);
    // By this id an answer is one answer, also when the bot was cut off and hears of the command again.
    if (content) await chat.send({ content, reply_to_id: message.id, client_id: `bot-${message.id}` });
  } catch (error) {
    if (!isDialectError(error)) throw error;
    console.error(`/${name} in chat ${chat.id}: ${error.code}`);
  }
});

await client.auth.register({ phone, password, username: 'command_bot' }).catch((error: unknown) => {
  if (!isDialectError(error) || error.code !== 'PHONE_TAKEN') throw error;
});
await client.auth.login({ phone, password });
await client.connect();
console.log(`@command_bot is listening on ${url}.`);
