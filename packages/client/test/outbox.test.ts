import { describe, expect, it } from 'vitest';
import { contents, deliveries, useScriptedServer } from './fixture.js';
import { echo, message, ok, sleep, snapshot, until } from './scripted-peer.js';

describe('outbox', () => {
  const use = useScriptedServer();

  it('shows a message at once, and resolves when the server has stored it', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    const sent = client.chat(7).send('hello');
    expect(deliveries(client)).toEqual(['m1:sent', 'hello:sending']);
    const frame = await peer.take('send');
    expect(frame).toMatchObject({ chat_id: 7, content: 'hello', client_id: sent.clientId });
    peer.say(ok(frame, 2));
    expect(await sent).toMatchObject({ id: 1_002, seq: 2, content: 'hello', client_id: sent.clientId });
    expect(deliveries(client)).toEqual(['m1:sent', 'hello:sent']);
    peer.say(echo(frame, 2));
    await until(() => client.chat(7).state.get().last_seq === 2);
    expect(deliveries(client)).toEqual(['m1:read', 'hello:sent']);
    expect(client.outbox.get()).toEqual([]);
  });

  it('takes the echo for an answer when it comes first', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const sent = client.chat(7).send('hello');
    const frame = await peer.take('send');
    peer.say(echo(frame, 1));
    expect((await sent).seq).toBe(1);
    peer.say(ok(frame, 1));
    await sleep(30);
    expect(contents(client)).toEqual(['hello']);
  });

  it('sends the next one of a chat only after the answer, and does not let chats wait for each other', async () => {
    const { client, peer } = await use.online([snapshot([]), snapshot([], { id: 8 })]);
    client.chat(7).send('a');
    client.chat(7).send('b');
    client.chat(8).send('x');
    const first = await peer.take('send');
    expect((await peer.take('send')).content).toBe('x');
    await sleep(40);
    expect(peer.received.filter(({ type }) => type === 'send')).toHaveLength(2);
    peer.say(ok(first, 1));
    expect((await peer.take('send')).content).toBe('b');
  });

  it('sends again with the same client id when the answer was lost, and only after the catch-up', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const sent = client.chat(7).send('hello');
    const first = await peer.take('send');
    peer.cut();
    const again = await use.server.next();
    await again.take('hello');
    again.welcome();
    await sleep(40);
    expect(again.received.filter(({ type }) => type === 'send')).toEqual([]);
    expect(deliveries(client)).toEqual(['hello:queued']);
    again.say({ type: 'ready' });
    const second = await again.take('send');
    expect(second.client_id).toBe(first.client_id);
    again.say({ ...ok(second, 1) });
    expect((await sent).seq).toBe(1);
  });

  it('does not send again what the catch-up brought', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const sent = client.chat(7).send('hello');
    const next = client.chat(7).send('next');
    const frame = await peer.take('send');
    peer.cut();
    const again = await use.server.next();
    const { type: _, ...row } = echo(frame, 1) as ReturnType<typeof message> & { type: string };
    await again.greet({ ...snapshot([]), snapshot: false, from: 1, to: 2, messages: [row] });
    expect((await sent).seq).toBe(1);
    expect((await again.take('send')).client_id).toBe(next.clientId);
    expect(contents(client)).toEqual(['hello', 'next']);
  });

  it('waits as long as a retryable refusal says, and keeps the order', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    client.chat(7).send('a');
    client.chat(7).send('b');
    const frame = await peer.take('send');
    const refused = Date.now();
    const text = 'Too fast.';
    peer.say({
      ...{ type: 'error', ref: frame.ref as number, code: 'TOO_MANY_REQUESTS', message: text, error: text },
      ...{ retryable: true, retry_after_ms: 150 },
    });
    const again = await peer.take('send');
    expect(Date.now() - refused).toBeGreaterThan(140);
    expect(again.client_id).toBe(frame.client_id);
    peer.say(ok(again, 1));
    expect((await peer.take('send')).content).toBe('b');
  });

  it('marks a refused message as failed, goes on, and sends it again on demand', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const sent = client.chat(7).send('bad');
    client.chat(7).send('good');
    const frame = await peer.take('send');
    const text = 'This person does not take messages from you.';
    peer.say({
      type: 'error',
      ref: frame.ref as number,
      code: 'BLOCKED',
      message: text,
      error: text,
      retryable: false,
    });
    await expect(sent).rejects.toMatchObject({
      name: 'DialectError',
      code: 'BLOCKED',
      retryable: false,
      message: text,
    });
    const good = await peer.take('send');
    expect(good.content).toBe('good');
    expect(deliveries(client)).toEqual(['bad:failed', 'good:sending']);
    expect(sent.view.get().error?.code).toBe('BLOCKED');
    peer.say(ok(good, 1), echo(good, 1));
    sent.retry();
    const again = await peer.take('send');
    expect(again.client_id).toBe(frame.client_id);
    peer.say(ok(again, 2), echo(again, 2));
    expect((await sent).seq).toBe(2);
    expect(contents(client)).toEqual(['good', 'bad']);
  });

  it('takes back what has not been on its way', async () => {
    const { client, peer } = await use.online([snapshot([])]);
    const first = client.chat(7).send('a');
    const second = client.chat(7).send('b');
    expect(first.cancel()).toBe(false);
    expect(second.cancel()).toBe(true);
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(contents(client)).toEqual(['a']);
    peer.say(ok(await peer.take('send'), 1));
    await first;
    expect(first.cancel()).toBe(false);
  });

  it('keeps what is waiting over close and connect, in order', async () => {
    const client = use.create();
    const chat = client.chat(7);
    const all = ['a', 'b', 'c'].map((text) => chat.send({ content: text, client_id: text }));
    expect(client.outbox.get().map(({ client_id }) => client_id)).toEqual(['a', 'b', 'c']);
    expect(deliveries(client)).toEqual(['a:queued', 'b:queued', 'c:queued']);
    const connected = client.connect();
    const peer = await use.server.next();
    await peer.greet(snapshot([]));
    await connected;
    const first = await peer.take('send');
    await client.close();
    expect(client.outbox.get()).toHaveLength(3);
    void client.connect();
    const again = await use.server.next();
    await again.greet();
    expect((await again.take('send')).client_id).toBe(first.client_id);
    again.say(ok({ ...first, ref: again.received.length } as typeof first, 1));
    for (const [at, sent] of all.entries()) {
      const frame = at === 0 ? await answerAll() : null;
      if (frame) await frame;
      await sent;
    }
    async function answerAll() {
      const sends = () => again.received.filter(({ type }) => type === 'send');
      for (let seq = 1; seq <= 3; seq++) {
        const frame = (await until(() => sends()[seq - 1])) as typeof first;
        again.say(ok(frame, seq), echo(frame, seq));
      }
    }
    expect(contents(client)).toEqual(['a', 'b', 'c']);
  });
});
