import { expect, test } from 'vitest';
import { password, talkTo } from './seed-client.js';
import { onEveryDatabase } from './seed-server.js';

const publicFields = [
  ...['id', 'username', 'first_name', 'last_name', 'public_key', 'avatar_url', 'banner_url', 'bio', 'status_text'],
  ...['status_expires_at', 'last_seen_at', 'is_online'],
];

onEveryDatabase('accounts of the Dialect seeds', (startServer) => {
  test('register in both forms, sign in by form, see oneself', async () => {
    const { call, signIn } = talkTo(await startServer());
    // README S1.
    const readme = await call('POST', '/auth/register', { phone: '+79991234567', password, username: 'john_doe' });
    expect(readme.status).toBe(200);
    expect(Object.keys(readme.body)).toEqual(expect.arrayContaining(publicFields));
    expect(readme.body).toMatchObject({ username: 'john_doe', first_name: 'john_doe', public_key: '' });
    // The real client.
    const body = { phone_number: '+79990000002', password, first_name: 'Ann', public_key: 'a2V5', country: 'RU' };
    const client = await call('POST', '/auth/register', body);
    expect(client).toMatchObject({ status: 200, body: { first_name: 'Ann', public_key: 'a2V5', username: null } });

    for (const [taken, detail] of [
      [{ ...body, username: 'other' }, /phone/i],
      [{ ...body, phone_number: '+79990000003', username: 'John_Doe' }, /username/i],
    ] as const) {
      const refused = await call('POST', '/auth/register', taken);
      expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } });
    }
    expect((await call('POST', '/auth/register', { phone: 'x', password, username: 'abc' })).status).toBe(422);

    // The README writes the plus as it is, and a form then says a space.
    for (const phone of ['+79991234567', ' 79991234567']) expect(await signIn(phone)).toEqual(expect.any(String));
    const form = new URLSearchParams({ username: '+79991234567', password });
    const token = await call('POST', '/auth/token', form);
    expect(token).toMatchObject({ status: 200, body: { token_type: 'bearer', access_token: expect.any(String) } });
    const wrong = new URLSearchParams({ username: '+79991234567', password: 'wrong' });
    expect((await call('POST', '/auth/token', wrong)).status).toBe(401);

    const me = await call('GET', '/users/me', undefined, token.body.access_token);
    expect(me).toMatchObject({ status: 200, body: { id: readme.body.id, username: 'john_doe' } });
    expect((await call('GET', '/users/me')).status).toBe(401);
  });

  test('check-phone and check-username', async () => {
    const { call, join } = talkTo(await startServer());
    const ann = await join('ann_k');
    const check = (phone_number: string) => call('POST', '/auth/check-phone', { phone_number });
    expect(await check(ann.phone)).toMatchObject({ status: 200, body: { exists: true } });
    expect(await check('+79995550000')).toMatchObject({ status: 200, body: { exists: false } });
    expect((await check('nobody')).status).toBe(400);
    expect((await call('GET', '/users/check-username/ANN_K')).body).toEqual({ is_available: false });
    expect((await call('GET', '/users/check-username/free_one')).body).toEqual({ is_available: true });
    expect((await call('GET', '/users/check-username/ab')).status).toBe(400);
  });

  test('PATCH /users/me, with a status that ends', async () => {
    const { join } = talkTo(await startServer());
    const ann = await join('ann_k');
    const given = { first_name: 'Ann', last_name: 'K', bio: 'Hi', status_text: 'Away', status_duration: '1h' };
    const { status, body } = await ann.call('PATCH', '/users/me', { ...given, birth_date: '2000-01-01' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ first_name: 'Ann', last_name: 'K', bio: 'Hi', status_text: 'Away' });
    const left = Date.parse(body.status_expires_at) - Date.now();
    expect(left).toBeGreaterThan(50 * 60_000);
    expect(left).toBeLessThanOrEqual(60 * 60_000);
    const forever = await ann.call('PATCH', '/users/me', { status_text: 'Here', status_duration: 'forever' });
    expect(forever.body).toMatchObject({ status_text: 'Here', status_expires_at: null, first_name: 'Ann' });
    expect((await ann.call('PATCH', '/users/me', { status_duration: '2h' })).status).toBe(422);
    expect((await ann.call('GET', '/users/me')).body).toMatchObject({ bio: 'Hi', status_text: 'Here' });
  });

  test('others: by id, and by search in every field', async () => {
    const { join } = talkTo(await startServer());
    const ann = await join('ann_k');
    const ben = await join('benjamin', { first_name: 'Бенедикт', last_name: 'Okonkwo' });
    expect((await ann.call('GET', `/users/${ben.id}`)).body).toMatchObject({ id: ben.id, username: 'benjamin' });
    expect((await ann.call('GET', '/users/999999')).status).toBe(404);
    for (const q of ['benj', 'бенед', 'konk', ben.phone, ben.phone.slice(1), '@benja']) {
      const { body } = await ann.call('GET', `/users/search?q=${encodeURIComponent(q)}`);
      expect(body.map(({ id }: { id: number }) => id)).toEqual([ben.id]);
    }
    expect((await ann.call('GET', '/users/search?q=be')).status).toBe(400);
    expect((await ann.call('GET', '/users/search?q=benj&limit=20&offset=1')).body).toEqual([]);
  });

  test('block, unblock, a device', async () => {
    const { join } = talkTo(await startServer());
    const [ann, ben] = [await join('ann_k'), await join('ben_k')];
    for (const _ of [1, 2]) {
      const blocked = await ann.call('POST', `/users/block/${ben.id}`);
      expect(blocked).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    }
    expect((await ann.call('POST', `/users/block/${ann.id}`)).status).toBe(400);
    expect((await ann.call('POST', '/users/block/999999')).status).toBe(404);
    expect((await ann.call('DELETE', `/users/block/${ben.id}`)).status).toBe(200);
    const device = { fcm_token: 'f'.repeat(140) };
    for (const person of [ann, ben]) {
      const answer = await person.call('POST', '/users/device', device);
      expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    }
  });

  test('the pages of the documentation', async () => {
    const { url } = await startServer();
    for (const path of ['/docs', '/redoc']) {
      const page = await fetch(url + path);
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=UTF-8']);
    }
  });
});
