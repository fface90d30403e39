import { describe, expect, test } from 'vitest';
import { password, startApi } from './support/start-api.js';

describe.each(['memory', 'file'] as const)('accounts, on %s', (kind) => {
  test('POST /auth/register takes the body of the README', async () => {
    const { post } = await startApi(kind);
    const answer = await post('/auth/register', { phone: '+79001234567', password, username: 'anna' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'anna', first_name: 'anna', last_name: null, public_key: '' });
    expect(answer.body.id).toBeGreaterThan(0);
    expect(answer.text).not.toContain(password);
  });

  test('and the body of the later client', async () => {
    const { post } = await startApi(kind);
    const person = {
      phone_number: '79001234567',
      first_name: 'Anna',
      last_name: 'K',
      public_key: 'key',
      country: 'RU',
    };
    const answer = await post('/auth/register/', { ...person, password });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: null, first_name: 'Anna', last_name: 'K', public_key: 'key' });
    expect(answer.body.phone_number).toBe('+79001234567');
    expect(answer.body).not.toHaveProperty('country');
  });

  test('a phone number or a username that is taken is a 400, and names the field', async () => {
    const { post } = await startApi(kind);
    await post('/auth/register', { phone: '+79001234567', password, username: 'anna' });
    const samePhone = await post('/auth/register', { phone: '7 (900) 123-45-67', password, username: 'other' });
    expect([samePhone.status, samePhone.body.code, samePhone.body.field]).toEqual([400, 'PHONE_TAKEN', 'phone']);
    const sameName = await post('/auth/register', { phone: '+79007654321', password, username: '@Anna' });
    expect([sameName.status, sameName.body.code, sameName.body.field]).toEqual([400, 'USERNAME_TAKEN', 'username']);
    expect(samePhone.body.detail).toBe(samePhone.body.error);
    expect(samePhone.body.status_code).toBe(400);
  });

  test('POST /auth/check-phone says whether a number is registered; what is none is a 400', async () => {
    const { join, post } = await startApi(kind);
    const { phone } = await join('anna');
    const known = await post('/auth/check-phone', { phone_number: phone });
    expect([known.status, known.body]).toEqual([200, { exists: true }]);
    expect((await post('/auth/check-phone/', { phone_number: '+79999999999' })).body).toEqual({ exists: false });
    const wrong = await post('/auth/check-phone', { phone_number: 'no number' });
    expect([wrong.status, wrong.body.code, wrong.body.field]).toEqual([400, 'PHONE_INVALID', 'phone_number']);
  });

  test('POST /auth/token takes a form; the token opens /users/me', async () => {
    const { join, signIn, as } = await startApi(kind);
    const anna = await join('anna');
    const answer = await signIn(anna.phone, password);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    const me = await as(answer.body.access_token).get('/users/me');
    expect(me.body).toMatchObject({ id: anna.id, username: 'anna', phone_number: anna.phone });
  });

  test('wrong credentials are a 401 that does not say which half is wrong', async () => {
    const { join, signIn } = await startApi(kind);
    const anna = await join('anna');
    const wrongPassword = await signIn(anna.phone, 'something else');
    const nobody = await signIn('+79999999999', password);
    expect(wrongPassword.status).toBe(401);
    expect(wrongPassword.body.code).toBe('WRONG_CREDENTIALS');
    expect(wrongPassword.headers.get('www-authenticate')).toBe('Bearer');
    expect(nobody.text).toBe(wrongPassword.text);
  });

  test('POST /auth/renew gives a fresh token for a valid one', async () => {
    const { join, as } = await startApi(kind);
    const anna = await join('anna');
    const renewed = await anna.post('/auth/renew');
    expect(renewed.status).toBe(200);
    expect((await as(renewed.body.access_token).get('/users/me')).body.id).toBe(anna.id);
  });

  test('20 registrations of one phone number and one username at once: one wins, and one person is stored', async () => {
    const { post, messenger } = await startApi(kind);
    const same = { phone: '+79001234567', username: 'anna', password };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/auth/register', same)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
    expect(answers.filter(({ body }) => /^(PHONE|USERNAME)_TAKEN$/.test(body.code))).toHaveLength(19);
    const found = await messenger.users.search({ user_id: 1 }, { q: 'anna' });
    expect(found).toHaveLength(1);
  });

  test.each([
    ['phone', 'PHONE_TAKEN', (n: number) => ({ phone: '+79001234567', username: `anna${n}` })],
    ['username', 'USERNAME_TAKEN', (n: number) => ({ phone: `+790000000${10 + n}`, username: 'anna' })],
  ])('20 people with the same %s at once: one wins', async (field, code, person) => {
    const { post } = await startApi(kind);
    const register = (_: unknown, n: number) => post('/auth/register', { ...person(n), password });
    const answers = await Promise.all(Array.from({ length: 20 }, register));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === code && body.field === field)).toHaveLength(19);
  });
});
