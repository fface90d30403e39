import type { Caller, Transaction } from '@dialect/core';
import { createTestMessenger, type TestMessenger } from '@dialect/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HostDatabase, hostDatabases } from './support/host-databases.js';

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe.each(hostDatabases)('messenger.transaction on $name', ({ create }) => {
  let host: HostDatabase;
  let messenger: TestMessenger;
  let shop: Caller;
  let ann: Caller;
  let chat_id: number;

  beforeEach(async () => {
    host = await create();
    await host.beside('create table orders (id integer primary key, what varchar(20) not null)');
    messenger = await createTestMessenger({
      storage: host.storage,
      limits: { messages_per_second: Number.POSITIVE_INFINITY },
    });
    shop = await messenger.person('shop');
    ann = await messenger.person('ann');
    chat_id = (await messenger.chats.createPrivate(shop, { target_user_id: ann.user_id })).id;
    messenger.events.length = 0;
  });

  afterEach(async () => {
    await messenger.close();
    await host.remove();
  });

  const order = (connection: unknown, id: number) =>
    host.inside(connection, 'insert into orders (id, what) values (?, ?)', id, 'tea');
  const orders = async () => (await host.beside('select id from orders order by id')).map((row) => Number(row.id));
  const contents = async () =>
    (await messenger.messages.history(ann, { chat_id, after_seq: 0, limit: 100 })).map((message) => message.content);
  const receiptsOfAnn = () =>
    messenger.events.filter((event) => event.type === 'message_read' && event.user_id === ann.user_id);
  const created = () =>
    messenger.events.flatMap((event) => (event.type === 'message_created' ? event.message.content : []));

  it("commits the host's rows and our messages together, and tells of them after the commit", async () => {
    const result = await messenger.transaction(async ({ messages, connection }) => {
      await order(connection, 1);
      const message = await messages.send(shop, { chat_id, content: 'order 1' });
      expect(message).toMatchObject({ seq: 1, content: 'order 1', duplicate: false });
      // It reads its own writes.
      expect(await messages.history(shop, { chat_id })).toHaveLength(1);
      await sleep(20);
      expect(messenger.events).toEqual([]);
      return message.id;
    });
    expect(result).toBeGreaterThan(0);
    expect(created()).toEqual(['order 1']);
    expect(await orders()).toEqual([1]);
    expect(await contents()).toEqual(['order 1']);
  });

  it('leaves nothing of a transaction that throws, and tells nobody', async () => {
    const failing = messenger.transaction(async ({ messages, chats, asUser, connection }) => {
      await messages.send(shop, { chat_id, content: 'order 1' });
      await order(connection, 1);
      const bob = await asUser({ external_id: 'bob' });
      await chats.createPrivate(shop, { target_user_id: bob.user_id });
      // What is read inside must not be remembered outside.
      expect(await messages.history(shop, { chat_id })).toHaveLength(1);
      throw new Error('out of tea');
    });
    await expect(failing).rejects.toThrow('out of tea');
    expect(await orders()).toEqual([]);
    expect(await contents()).toEqual([]);
    expect(messenger.events).toEqual([]);
    expect(await messenger.users.search(shop, { q: 'bob' })).toEqual([]);
    expect(await messenger.chats.list(shop)).toHaveLength(1);
    // The numbers go on without a hole.
    expect(await messenger.messages.send(shop, { chat_id, content: 'next' })).toMatchObject({ seq: 1 });
  });

  it('takes a refusal inside for what it is: that call did nothing, and the rest goes on', async () => {
    const stranger = await messenger.person('eve');
    await messenger.transaction(async ({ messages, connection }) => {
      await messages.send(shop, { chat_id, content: 'one' });
      await expect(messages.send(stranger, { chat_id, content: 'evil' })).rejects.toMatchObject({
        code: 'NOT_A_MEMBER',
      });
      await order(connection, 1);
      await messages.send(shop, { chat_id, content: 'two' });
    });
    expect(await contents()).toEqual(['one', 'two']);
    expect(created()).toEqual(['one', 'two']);
    expect(await orders()).toEqual([1]);
  });

  it('knows a repeated client id inside, and rings nobody for it', async () => {
    await messenger.messages.send(shop, { chat_id, content: 'first', client_id: 'order-1' });
    messenger.events.length = 0;
    await messenger.transaction(async ({ messages }) => {
      const again = await messages.send(shop, { chat_id, content: 'again', client_id: 'order-1' });
      expect(again).toMatchObject({ content: 'first', duplicate: true });
    });
    expect(created()).toEqual([]);
    expect(await contents()).toEqual(['first']);
  });

  it('brings a new person, their chat and its first message in one commit', async () => {
    const made = await messenger.transaction(async ({ asUser, chats, messages, connection }) => {
      const cem = await asUser({ external_id: 'customer: 7', first_name: 'Cem' });
      const chat = await chats.createPrivate(shop, { target_user_id: cem.user_id });
      await order(connection, 7);
      await messages.send(shop, { chat_id: chat.id, content: 'Welcome' });
      return { cem, chat_id: chat.id };
    });
    expect(messenger.events.map((event) => event.type)).toEqual(['chat_created', 'message_created']);
    const history = await messenger.messages.history(made.cem, { chat_id: made.chat_id });
    expect(history.map((message) => message.content)).toEqual(['Welcome']);
    expect(await orders()).toEqual([7]);
  });

  it('moves marks with the commit, and the receipt leaves after it', async () => {
    const { seq } = await messenger.messages.send(shop, { chat_id, content: 'hi' });
    messenger.events.length = 0;
    await messenger.transaction(async ({ messages }) => {
      expect(await messages.markRead(ann, { chat_id, seq })).toMatchObject({ read_seq: seq });
      expect(receiptsOfAnn()).toEqual([]);
    });
    expect(receiptsOfAnn()).toMatchObject([{ seq, is_implied: false }]);
    expect((await messenger.chats.get(ann, { chat_id })).unread_count).toBe(0);
  });

  it('lets transactions and ordinary calls run at once: none mixes with another, none waits for ever', async () => {
    const one = async (n: number) => {
      const fails = n % 3 === 0;
      await messenger
        .transaction(async ({ messages, connection }) => {
          await order(connection, n);
          await sleep(n % 4);
          await messages.send(shop, { chat_id, content: `order ${n}` });
          await Promise.all([
            messages.send(ann, { chat_id, content: `thanks ${n}` }),
            messages.send(shop, { chat_id, content: `welcome ${n}` }),
          ]);
          if (fails) throw new Error('no');
        })
        .catch((error: Error) => expect(error.message).toBe('no'));
      await messenger.messages.send(ann, { chat_id, content: `after ${n}` });
    };
    const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
    await Promise.all(numbers.map(one));
    const kept = numbers.filter((n) => n % 3 !== 0);
    expect(await orders()).toEqual(kept);
    const expected = [
      ...kept.flatMap((n) => [`order ${n}`, `thanks ${n}`, `welcome ${n}`]),
      ...numbers.map((n) => `after ${n}`),
    ];
    const stored = await contents();
    expect([...stored].sort()).toEqual([...expected].sort());
    expect([...created()].sort()).toEqual([...expected].sort());
    const history = await messenger.messages.history(ann, { chat_id, after_seq: 0, limit: 100 });
    expect(history.map((message) => message.seq)).toEqual(history.map((_, index) => index + 1));
  });

  it("refuses the messenger's own methods inside, which would wait for ever, and a transaction in a transaction", async () => {
    await messenger.transaction(async ({ messages }) => {
      const send = messenger.messages.send(shop, { chat_id, content: 'x' });
      await expect(send).rejects.toThrow('messages.send was called inside messenger.transaction');
      await expect(messenger.asUser({ external_id: 'x' })).rejects.toThrow('inside messenger.transaction');
      await expect(messenger.transaction(async () => 1)).rejects.toThrow('no transaction in a transaction');
      await expect(messenger.ping()).rejects.toThrow('inside messenger.transaction');
      await expect(messenger.close()).rejects.toThrow('inside messenger.transaction');
      await messages.send(shop, { chat_id, content: 'kept' });
    });
    expect(await contents()).toEqual(['kept']);
    // What was begun inside and goes on afterwards is outside.
    let later: Promise<unknown> | undefined;
    await messenger.transaction(async () => {
      later = sleep(20).then(() => messenger.messages.send(shop, { chat_id, content: 'later' }));
    });
    await later;
    expect(await contents()).toEqual(['kept', 'later']);
  });

  it('takes in what the host did not wait for, and refuses what comes when it is over', async () => {
    let kept: Transaction | undefined;
    await messenger.transaction(async (transaction) => {
      kept = transaction;
      void transaction.messages.send(shop, { chat_id, content: 'not awaited' });
    });
    expect(await contents()).toEqual(['not awaited']);
    expect(created()).toEqual(['not awaited']);
    await expect(kept?.messages.send(shop, { chat_id, content: 'late' })).rejects.toThrow('This transaction is over');
    expect(await contents()).toEqual(['not awaited']);
  });

  it('is waited for when the messenger closes', async () => {
    const running = messenger.transaction(async ({ messages, connection }) => {
      await sleep(30);
      await order(connection, 1);
      await messages.send(shop, { chat_id, content: 'just in time' });
    });
    await messenger.close();
    await running;
    expect(await orders()).toEqual([1]);
    expect(created()).toEqual(['just in time']);
    await expect(messenger.transaction(async () => 1)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
