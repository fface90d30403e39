import { sqlite } from '@dialect/adapter-sqlite';
import { api as useCases } from '@dialect/core';
import { createTestMessenger } from '@dialect/core/testing';
import { routes } from '@dialect/protocol';
import { createFetchHandler } from '@dialect/server-http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startApi } from './support/start-api.js';

const closed = Object.entries(routes).filter(([, route]) => !route.open);

describe('who may do what', () => {
  test('exactly the routes of use cases for anyone are open', () => {
    for (const [name, route] of Object.entries(routes)) {
      const { access } = useCases[name as keyof typeof useCases];
      expect([name, route.open ?? false]).toEqual([name, access === 'anyone']);
    }
  });

  test.each(closed)('%s without a token is a 401, whatever else is wrong', async (_, { method, path }) => {
    const { request } = await startApi();
    const init = method === 'GET' || method === 'DELETE' ? { method } : { method, body: '{' };
    const answer = await request(path.replace(/\{\w+\}/g, '1'), init);
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('wrong, altered, unsigned and expired tokens are all the same 401', async () => {
    const { join, request, messenger } = await startApi();
    const { token } = await join('anna');
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: '2' }),
    );
    const wrong = [
      'Bearer nonsense',
      'Bearer',
      'Bearer ',
      `Bearer ${unsigned}.${payload}.`,
      `Bearer ${header}.${other.toString('base64url')}.${signature}`,
      `Bearer ${token}x`,
      `Basic ${token}`,
      token,
    ];
    for (const authorization of wrong) {
      const answer = await request('/users/me', { headers: { authorization } });
      expect([authorization.slice(0, 20), answer.status]).toEqual([authorization.slice(0, 20), 401]);
      expect(answer.text).not.toContain(token);
    }
    expect((await request('/users/me', { headers: { authorization: `bearer ${token}` } })).status).toBe(200);
    expect((await request(`/users/me?token=${token}`)).status).toBe(401);
    messenger.clock.advance(60 * 60_000);
    expect((await request('/users/me', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  test("a stranger's chat and one that does not exist are answered alike, byte for byte", async () => {
    const { join } = await startApi();
    const [anna, boris, stranger] = [await join('anna'), await join('boris'), await join('stranger')];
    const { id } = (await anna.post('/chats/group', { chat_name: 'G', participant_ids: [boris.id] })).body;
    await anna.post('/messages', { chat_id: id, content: 'secret' });
    const attempts = (chat_id: number) => [
      stranger.get(`/chats/${chat_id}`),
      stranger.get(`/messages/history/${chat_id}`),
      stranger.get(`/chats/${chat_id}/changes?since=0`),
      stranger.post('/messages', { chat_id, content: 'let me in' }),
      stranger.post(`/chats/${chat_id}/users?user_id=${stranger.id}`),
      stranger.delete(`/chats/${chat_id}/users/${anna.id}`),
      stranger.post(`/chats/${chat_id}/leave`),
      stranger.post(`/chats/${chat_id}/read`, { seq: 1 }),
      stranger.post(`/chats/${chat_id}/read`, { message_id: 1 }),
      stranger.post(`/chats/${chat_id}/delivered`, { seq: 1 }),
      stranger.post(`/chats/${chat_id}/typing`, { is_typing: true }),
    ];
    const [others, nobodys] = await Promise.all([Promise.all(attempts(id)), Promise.all(attempts(999_999))]);
    for (const [n, answer] of others.entries()) {
      expect([n, answer.status, answer.body.code]).toEqual([n, 403, 'NOT_A_MEMBER']);
      expect(answer.text).toBe(nobodys[n]?.text);
      expect([...answer.headers.keys()]).toEqual([...(nobodys[n]?.headers.keys() ?? [])]);
    }
    expect((await anna.get(`/chats/${id}`)).body).toMatchObject({ last_seq: 1, last_message: { content: 'secret' } });
  });

  test('the path decides which chat is meant, not the body or the query', async () => {
    const { join } = await startApi();
    const [anna, boris, clara] = [await join('anna'), await join('boris'), await join('clara')];
    const hers = (await anna.post('/chats/group', { chat_name: 'A', participant_ids: [] })).body;
    const his = (await boris.post('/chats/group', { chat_name: 'B', participant_ids: [] })).body;
    const answer = await anna.post(`/chats/${his.id}/users?chat_id=${hers.id}`, {
      chat_id: hers.id,
      user_id: clara.id,
    });
    expect(answer.status).toBe(403);
  });

  test('a host that brings its own people is asked with headers and URL; when it fails nobody is signed out', async () => {
    const messenger = await createTestMessenger({
      storage: sqlite(':memory:'),
      identify({ headers, url, token }) {
        if (new URL(url).searchParams.has('fail')) throw new Error('the database of the host says: hunter2');
        const name = headers.get('x-user');
        return name && token === 'theirs' ? { external_id: name } : null;
      },
    });
    onTestFinished(() => messenger.close());
    const handle = createFetchHandler(messenger);
    const ask = (query: string, headers: Record<string, string>) =>
      handle(new Request(`http://host/api/v1/users/me${query}`, { headers }));
    const mine = await ask('', { 'x-user': 'anna', authorization: 'Bearer theirs' });
    expect(await mine.json()).toMatchObject({ external_id: 'anna', first_name: 'anna' });
    expect((await ask('', { 'x-user': 'anna' })).status).toBe(401);
    const failed = await ask('?fail', {});
    const body = (await failed.json()) as { code: string; correlation_id: string };
    expect([failed.status, body.code]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(messenger.lines.at(-1)?.fields).toMatchObject({ correlation_id: body.correlation_id });
    const register = await handle(new Request('http://host/api/v1/auth/register', { method: 'POST' }));
    expect(register.status).toBe(422);
  });
});
