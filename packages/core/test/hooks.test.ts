import { type Hooks, MessengerError } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { codeOf, eventsOf, startGroup, startMessenger, startPair } from './helpers.js';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('a before hook', () => {
  it('refuses with a code, and nothing has happened', async () => {
    const hooks: Hooks = {
      before: {
        'messages.send': async ({ content }) => {
          await sleep(1);
          if (content.includes('spam')) throw new MessengerError('FORBIDDEN', { message: 'No spam.' });
        },
      },
    };
    const { messenger, ann, chat_id } = await startPair({ hooks });
    const refused = messenger.messages.send(ann, { chat_id, content: 'spam!' });
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'No spam.' });
    expect(messenger.events).toEqual([]);
    expect(await messenger.messages.history(ann, { chat_id })).toEqual([]);
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'ham' }))).toBe('passed');
  });

  it('changes the input, and sees it as the use case would: valid, and without fields nobody asked for', async () => {
    const seen: unknown[] = [];
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        before: {
          'messages.send': (input, call) => {
            seen.push(input, call);
            return { ...input, content: input.content.toUpperCase() };
          },
        },
      },
    });
    const sent = await messenger.messages.send(ann, { chat_id, content: 'hello', evil: 1 } as never);
    expect(sent.content).toBe('HELLO');
    expect(seen[0]).toEqual({ chat_id, content: 'hello', message_type: 'text' });
    expect(seen[1]).toEqual({ name: 'messages.send', caller: ann, is_in_transaction: false });
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: '' }))).toBe('INVALID_INPUT');
    expect(seen).toHaveLength(2);
  });

  it('whose input is not valid is at fault, and not the caller', async () => {
    const hooks: Hooks = { before: { 'messages.send': (input) => ({ ...input, content: '' }) } };
    const { messenger, ann, chat_id } = await startPair({ hooks });
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))).toBe('INTERNAL');
    expect(messenger.lines.at(-1)?.fields.error).toContain('A before hook of messages.send returned');
  });

  it('that throws something else is answered as INTERNAL, without its text', async () => {
    const hooks: Hooks = {
      before: {
        'chats.list': () => {
          throw new Error('my secret');
        },
      },
    };
    const { messenger, ann } = await startPair({ hooks });
    await expect(messenger.chats.list(ann)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(messenger.chats.list(ann)).rejects.not.toThrow('my secret');
  });

  it('for everything runs first, and hears of no call that may not be made', async () => {
    const heard: string[] = [];
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        before: {
          '*': (_, { name, caller }) => void heard.push(`${name} by ${caller?.user_id}`),
          'messages.send': () => void heard.push('send'),
        },
      },
    });
    heard.length = 0;
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    await codeOf(messenger.messages.send(null, { chat_id, content: 'x' }));
    await codeOf(messenger.call('messages.send', { chat_id } as never, ann));
    expect(heard).toEqual([`messages.send by ${ann.user_id}`, 'send']);
  });

  it("does not let a caller's messages overtake one another, however long it takes for each", async () => {
    const { messenger, owner, others, chat_id } = await startGroup(['Ann', 'Bob'], {
      limits: { messages_per_second: Number.POSITIVE_INFINITY },
      hooks: { before: { 'messages.send': ({ content }) => sleep(Number(content) % 3 === 0 ? 15 : 1) } },
    });
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) => messenger.messages.send(n % 2 ? owner : (others[0] as never), { chat_id, content: `${n}` })),
    );
    const history = await messenger.messages.history(owner, { chat_id, after_seq: 0, limit: 100 });
    for (const sender of [owner, ...others]) {
      const own = history.filter((message) => message.sender_id === sender.user_id).map((one) => Number(one.content));
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    expect(history).toHaveLength(30);
  });

  it('that refuses does not hold up the next', async () => {
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        before: {
          'messages.send': async ({ content }) => {
            await sleep(5);
            if (content === '1') throw new MessengerError('FORBIDDEN');
          },
        },
      },
    });
    const sends = ['0', '1', '2'].map((content) => codeOf(messenger.messages.send(ann, { chat_id, content })));
    expect(await Promise.all(sends)).toEqual(['passed', 'FORBIDDEN', 'passed']);
  });
});

describe('a before hook that asks the messenger itself', () => {
  it('does not wait for what waits for it', async () => {
    let ask = async (_chat_id: number, _content: string): Promise<unknown> => undefined;
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        before: {
          '*': () => undefined,
          'messages.send': async (input) => {
            await sleep(1);
            await ask(input.chat_id, input.content);
          },
        },
      },
    });
    ask = async (chat, content) => {
      await messenger.chats.get(ann, { chat_id: chat });
      if (content === '/both') await messenger.messages.send(ann, { chat_id: chat, content: 'first' });
    };
    await messenger.messages.send(ann, { chat_id, content: '/both' });
    const history = await messenger.messages.history(ann, { chat_id, after_seq: 0 });
    expect(history.map((message) => message.content)).toEqual(['first', '/both']);
  });

  it('does not keep a transaction waiting that it waits for', async () => {
    let ask = async (): Promise<unknown> => undefined;
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        before: {
          'messages.send': async (_, { is_in_transaction }) => {
            if (is_in_transaction) return;
            await sleep(20);
            await ask();
          },
        },
      },
    });
    ask = () => messenger.asUser({ external_id: 'audit' });
    const outside = messenger.messages.send(ann, { chat_id, content: 'outside' });
    await messenger.transaction(async ({ messages }) => {
      await sleep(40);
      await messages.send(ann, { chat_id, content: 'inside' });
    });
    expect(await outside).toMatchObject({ content: 'outside', seq: 2 });
  });

  it('keeps nobody waiting whom it does not know', async () => {
    const order: string[] = [];
    const messenger = await startMessenger({
      hooks: {
        before: {
          'users.checkUsername': async ({ username }) => {
            await sleep(username === 'slow' ? 40 : 1);
            order.push(username);
          },
        },
      },
    });
    await Promise.allSettled(['slow', 'fast'].map((username) => messenger.users.checkUsername(null, { username })));
    expect(order).toEqual(['fast', 'slow']);
  });
});

describe('an after hook', () => {
  it('is awaited before the caller has the answer, and sees input and output', async () => {
    const seen: unknown[] = [];
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        after: {
          'messages.send': async (message, { input, caller }) => {
            await sleep(5);
            seen.push([message.seq, message.duplicate, input.client_id, caller?.user_id]);
          },
        },
      },
    });
    await messenger.messages.send(ann, { chat_id, content: 'x', client_id: 'a' });
    expect(seen).toEqual([[1, false, 'a', ann.user_id]]);
    await messenger.messages.send(ann, { chat_id, content: 'x', client_id: 'a' });
    expect(seen[1]).toEqual([1, true, 'a', ann.user_id]);
  });

  it('that fails is logged: what was done stays done', async () => {
    const ran: string[] = [];
    const { messenger, ann, chat_id } = await startPair({
      hooks: {
        after: {
          'messages.send': () => {
            throw new MessengerError('FORBIDDEN');
          },
          '*': (_, { name }) => void ran.push(name),
        },
      },
    });
    ran.length = 0;
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))).toBe('passed');
    expect(eventsOf(messenger.events, 'message_created')).toHaveLength(1);
    expect(messenger.lines.at(-1)).toMatchObject({ level: 'error', message: 'An after hook failed.' });
    expect(ran).toEqual(['messages.send']);
  });

  it('does not run for what failed', async () => {
    const ran: string[] = [];
    const messenger = await startMessenger({ hooks: { after: { '*': (_, { name }) => void ran.push(name) } } });
    const ann = await messenger.person('Ann');
    await codeOf(messenger.messages.send(ann, { chat_id: 1, content: 'x' }));
    expect(ran).toEqual([]);
  });
});
