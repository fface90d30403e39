import { type MethodName, routes } from '@dialect/protocol';
import { describe, expect, it } from 'vitest';
import { reads } from '../src/caller.js';
import { useScriptedServer } from './fixture.js';
import { me, message, sleep, snapshot, until, user } from './scripted-peer.js';

describe('tokens', () => {
  const use = useScriptedServer();

  it('signs in, holds the token and knows who I am', async () => {
    const client = use.create({ token: undefined as never });
    use.server.http = ({ path, body, token }) => {
      if (path.endsWith('/auth.signIn')) {
        expect(JSON.parse(body)).toEqual({ username: '+79990000000', password: 'a b&c' });
        return [200, { access_token: 't1', token_type: 'bearer', expires_in: 3600 }];
      }
      return path.endsWith('/users.me') && token === 't1' ? [200, user(me)] : [401, {}];
    };
    expect(await client.auth.login({ phone: '+79990000000', password: 'a b&c' })).toMatchObject({ id: me });
    expect(client.me.get()?.id).toBe(me);
    void client.connect();
    const peer = await use.server.next();
    expect((await peer.greet()).token).toBe('t1');
  });

  it('renews a token of ours on the live socket', async () => {
    const { client, peer } = await use.online();
    use.server.http = ({ path, token }) => {
      expect([path, token]).toEqual(['/api/v1/rpc/auth.renew', 'token']);
      return [200, { access_token: 'fresh', token_type: 'bearer', expires_in: 3600 }];
    };
    peer.say({ type: 'auth_expiring', expires_at: '2026-01-01T00:00:00.000Z' });
    const frame = await peer.take('auth');
    expect(frame.token).toBe('fresh');
    peer.say({ type: 'ok', ref: frame.ref as number, result: {} });
    expect(client.status.get()).toBe('online');
    peer.cut();
    expect((await (await use.server.next()).greet()).token).toBe('fresh');
  });

  it('asks the callback instead, when there is one', async () => {
    let count = 0;
    const { peer } = await use.online([], { token: async () => `t${++count}` });
    peer.say({ type: 'auth_expiring', expires_at: '2026-01-01T00:00:00.000Z' });
    expect((await peer.take('auth')).token).toBe('t2');
    peer.cut();
    expect((await (await use.server.next()).greet()).token).toBe('t2');
  });

  it('gets a fresh token after 4401, and is signed out when that one is refused too', async () => {
    let count = 0;
    const client = use.create({ token: async () => `t${++count}` });
    const connected = client.connect();
    const first = await use.server.next();
    expect((await first.take('hello')).token).toBe('t1');
    first.socket.close(4401);
    const second = await use.server.next();
    expect((await second.take('hello')).token).toBe('t2');
    second.socket.close(4401);
    await expect(connected).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(client.status.get()).toBe('signed_out');
    await sleep(100);
    expect(use.server.peers).toHaveLength(2);
    // The app signs in again and goes on.
    void client.connect();
    await (await use.server.next()).greet();
    await until(() => client.status.get() === 'online');
  });

  it('is signed out when no token is to be had', async () => {
    const client = use.create({ token: async () => null });
    await expect(client.connect()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(client.status.get()).toBe('signed_out');
    expect(use.server.peers).toHaveLength(0);
  });

  it('tries again when the token could not be fetched', async () => {
    let count = 0;
    const token = async () => {
      if (++count < 3) throw new Error('no network');
      return 'late';
    };
    const client = use.create({ token });
    void client.connect();
    expect((await (await use.server.next()).greet()).token).toBe('late');
  });

  it('connects without a token for hosts that know their users by cookie', async () => {
    const client = use.create({ token: undefined as never });
    const connected = client.connect();
    expect((await (await use.server.next()).greet()).token).toBeUndefined();
    await connected;
  });

  it('leaves nothing of one user to the next', async () => {
    const { client, peer } = await use.online([snapshot([message(1)])]);
    const sent = client.chat(7).send('secret');
    await peer.take('send');
    await client.auth.logout();
    await expect(sent).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(client.status.get()).toBe('signed_out');
    expect([client.me.get(), client.chats.get(), client.outbox.get()]).toEqual([null, [], []]);
    expect(client.chat(7).messages.get()).toEqual([]);
  });
});

describe('call', () => {
  const use = useScriptedServer();

  it('goes over the socket when online, over HTTP when not', async () => {
    const client = use.create();
    use.server.http = ({ path, body }) =>
      path === '/api/v1/rpc/chats.get' ? [200, { id: JSON.parse(body).chat_id }] : [404, {}];
    expect(await client.call('chats.get', { chat_id: 7 })).toEqual({ id: 7 });
    void client.connect();
    const peer = await use.server.next();
    await peer.greet();
    await until(() => client.status.get() === 'online');
    const answer = client.users.search({ q: 'user_2' });
    const rpc = await peer.take('rpc');
    expect(rpc).toMatchObject({ method: 'users.search', params: { q: 'user_2' } });
    peer.say({ type: 'ok', ref: rpc.ref, result: [user(2)] });
    expect(await answer).toEqual([user(2)]);
  });

  it('repeats a read when the connection breaks, and leaves the rest to the caller', async () => {
    const { client, peer } = await use.online();
    use.server.http = () => [200, []];
    const read = client.users.search({ q: 'abc' });
    const write = client.chats.leave({ chat_id: 7 });
    write.catch(() => {});
    await peer.take('rpc');
    peer.cut();
    expect(await read).toEqual([]);
    await expect(write).rejects.toMatchObject({ code: 'NETWORK', retryable: true });
    expect(use.server.requests).toEqual(['POST /api/v1/rpc/users.search']);
  });

  it('knows which methods are reads: those that the protocol has as GET', () => {
    for (const name of Object.keys(routes) as MethodName[]) {
      expect([name, reads.test(name)]).toEqual([name, routes[name].method === 'GET']);
    }
  });

  it('is not taken for something else where groups of methods are passed on', async () => {
    const client = use.create();
    expect(await Promise.resolve(client.users)).toBe(client.users);
    // Nor for a date, by whoever writes an app's state as JSON.
    expect(JSON.stringify(client.users)).toBe('{}');
    await sleep(50);
    expect(use.server.requests).toEqual([]);
  });

  it('rejects with the error as the server put it', async () => {
    const client = use.create();
    use.server.http = () => [422, { code: 'INVALID_INPUT', error: 'Too long.', field: 'content', status_code: 422 }];
    const failed = client.messages.send({ chat_id: 7, content: 'x' });
    await expect(failed).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'content', message: 'Too long.' });
    use.server.http = () => [503, 'a proxy'];
    await expect(client.users.me()).rejects.toMatchObject({ code: 'BUSY', retryable: true });
  });

  it('gives up a request that is not answered', async () => {
    const { client } = await use.online([], { request_timeout_ms: 40 });
    await expect(client.chats.leave({ chat_id: 7 })).rejects.toMatchObject({ code: 'NETWORK' });
  });
});
