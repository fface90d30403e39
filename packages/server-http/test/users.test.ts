import { describe, expect, test } from 'vitest';
import { startApi } from './support/start-api.js';

describe.each(['memory', 'file'] as const)('people, on %s', (kind) => {
  test("GET /users/{id} is another's profile, without their phone number", async () => {
    const { join } = await startApi(kind);
    const [anna, boris] = [await join('anna'), await join('boris')];
    const answer = await anna.get(`/users/${boris.id}/`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id: boris.id, username: 'boris', is_online: false });
    expect(answer.text).not.toContain(boris.phone.slice(1));
  });

  test('an unknown id is a 404; what is no id is a 422 that names the field', async () => {
    const { join } = await startApi(kind);
    const anna = await join('anna');
    const unknown = await anna.get('/users/999');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'USER_NOT_FOUND']);
    for (const id of [
      'abc',
      '0',
      '-1',
      '1.5',
      '1e3',
      '0x1',
      '99999999999999999999',
      '9007199254740993',
      '%00',
      '%ZZ',
    ]) {
      const answer = await anna.get(`/users/${id}`);
      expect([id, answer.status, answer.body.code, answer.body.field]).toEqual([id, 422, 'INVALID_INPUT', 'user_id']);
    }
  });

  test('GET /users/search finds by part of a name or by a whole phone number, in pages', async () => {
    const { join } = await startApi(kind);
    const anna = await join('anna');
    const boris = await join('boris1');
    await join('boris2');
    const names = async (query: string) =>
      (await anna.get(`/users/search?${query}`)).body.map(({ username }: { username: string }) => username).sort();
    expect(await names('q=bor')).toEqual(['boris1', 'boris2']);
    expect(await names('query=%40boris2')).toEqual(['boris2']);
    expect(await names(`q=${encodeURIComponent(boris.phone)}`)).toEqual(['boris1']);
    const [first, second] = [await names('q=boris&limit=1'), await names('q=boris&limit=1&offset=1')];
    expect([...first, ...second].sort()).toEqual(['boris1', 'boris2']);
  });

  test('a search shorter than 3 characters is a 400; a limit that is none is a 422', async () => {
    const { join } = await startApi(kind);
    const anna = await join('anna');
    const short = await anna.get('/users/search?q=an');
    expect([short.status, short.body.code, short.body.field]).toEqual([400, 'QUERY_TOO_SHORT', 'q']);
    expect((await anna.get('/users/search')).status).toBe(400);
    for (const limit of ['', 'ten', '0', '1000', '-5', '1.5', 'NaN', 'Infinity']) {
      const answer = await anna.get(`/users/search?q=anna&limit=${limit}`);
      expect([limit, answer.status, answer.body.field]).toEqual([limit, 422, 'limit']);
    }
  });

  test('GET /users/check-username/{name} needs no token, and ignores a wrong one', async () => {
    const { join, request, as } = await startApi(kind);
    await join('anna');
    expect((await request('/users/check-username/ANNA')).body).toEqual({ is_available: false });
    expect((await request('/users/check-username/somebody')).body).toEqual({ is_available: true });
    expect((await as('nonsense').get('/users/check-username/somebody')).body).toEqual({ is_available: true });
    // A name may be a number; what nobody may be called is nobody's to have.
    expect((await request('/users/check-username/12345')).body).toEqual({ is_available: true });
    expect((await request('/users/check-username/a%2Fb%2Fc')).body).toEqual({ is_available: false });
    const short = await request('/users/check-username/an');
    expect([short.status, short.body.code, short.body.field]).toEqual([400, 'USERNAME_TOO_SHORT', 'username']);
  });

  test('the blacklist: POST and DELETE /users/block/{id}, GET /users/blocked', async () => {
    const { join } = await startApi(kind);
    const [anna, boris] = [await join('anna'), await join('boris')];
    const { id: chat_id } = (await anna.post('/chats/private', { target_user_id: boris.id })).body;
    for (let time = 0; time < 2; time++) {
      const answer = await anna.post(`/users/block/${boris.id}`);
      expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['message']]);
    }
    expect((await anna.get('/users/blocked?limit=1')).body).toMatchObject([{ id: boris.id, username: 'boris' }]);
    const refused = await boris.post('/messages', { chat_id, content: 'x' });
    expect([refused.status, refused.body.code]).toEqual([403, 'BLOCKED']);
    const self = await anna.post(`/users/block/${anna.id}`);
    expect([self.status, self.body.code, self.body.field]).toEqual([400, 'BLOCK_SELF', 'user_id']);
    for (const answer of [await anna.post('/users/block/999'), await anna.delete('/users/block/999')]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'USER_NOT_FOUND']);
    }
    const undone = await anna.delete(`/users/block/${boris.id}`);
    expect([undone.status, Object.keys(undone.body)]).toEqual([200, ['message']]);
    expect((await anna.get('/users/blocked')).body).toEqual([]);
    expect((await boris.post('/messages', { chat_id, content: 'x' })).status).toBe(200);
  });
});
