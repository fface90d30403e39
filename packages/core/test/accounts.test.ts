import { sqlite } from '@dialect/adapter-sqlite';
import { createFakeClock } from '@dialect/core/testing';
import { describe, expect, it } from 'vitest';
import { createBloomUsernameFilter } from '../src/defaults/bloom-username-filter.js';
import { accountsForTests, codeOf, refusal, spiedOn, startMessenger, withReplaced } from './helpers.js';

const password = 'correct horse';
const ann = { phone_number: '+49 151 123-45 67', password, username: 'Ann_1' };

async function start() {
  const { accounts, passwords } = accountsForTests();
  return { messenger: await startMessenger({ accounts }), passwords };
}

describe('register', () => {
  it('takes a phone number, a username and a password', async () => {
    const { messenger } = await start();
    expect(await messenger.auth.register(null, ann)).toMatchObject({
      username: 'Ann_1',
      first_name: 'Ann_1',
      last_name: null,
      phone_number: '+491511234567',
      external_id: null,
      is_online: false,
    });
  });

  it('takes the other form: phone and a first name', async () => {
    const { messenger } = await start();
    const me = await messenger.auth.register(null, {
      phone: '491511234567',
      password,
      first_name: ' Ann ',
      last_name: '',
      public_key: 'key',
    });
    expect(me).toMatchObject({ username: null, first_name: 'Ann', last_name: null, public_key: 'key' });
    expect(me.phone_number).toBe('+491511234567');
  });

  it('takes null for what is not given', async () => {
    const { messenger } = await start();
    const number = { phone_number: '+491511234567', password };
    const nulls = { username: null, last_name: null, public_key: null };
    const me = await messenger.auth.register(null, { ...number, ...nulls, first_name: 'Ann' });
    expect(me).toMatchObject({ username: null, first_name: 'Ann', last_name: null, public_key: '' });
    const none = messenger.auth.register(null, { ...number, ...nulls, first_name: null });
    expect(await refusal(none)).toEqual(['INVALID_INPUT', 'username']);
  });

  it('knows a phone number in every way of writing it', async () => {
    const { messenger } = await start();
    await messenger.auth.register(null, ann);
    for (const phone_number of ['491511234567', ' +49 (151) 1234567 ', '+49.151.123.4567']) {
      const again = messenger.auth.register(null, { phone_number, password, username: 'other' });
      expect(await refusal(again)).toEqual(['PHONE_TAKEN', 'phone_number']);
    }
    expect(
      await refusal(
        messenger.auth.register(null, { ...ann, phone_number: undefined, phone: ann.phone_number, username: 'other' }),
      ),
    ).toEqual(['PHONE_TAKEN', 'phone']);
  });

  it('knows a username in every way of writing it', async () => {
    const { messenger } = await start();
    await messenger.auth.register(null, ann);
    for (const username of ['ann_1', '@ANN_1', 'Ａｎｎ_1']) {
      const again = messenger.auth.register(null, { phone: '+4915199999', password, username });
      expect([username, await refusal(again)]).toEqual([username, ['USERNAME_TAKEN', 'username']]);
    }
  });

  it.each([
    ['no phone number', { password, username: 'ann' }, 'phone_number'],
    ['a phone number of letters', { phone: 'call me', password, username: 'ann' }, 'phone'],
    ['a phone number too short', { phone_number: '123456', password, username: 'ann' }, 'phone_number'],
    ['a phone number too long', { phone_number: '1234567890123456', password, username: 'ann' }, 'phone_number'],
    ['neither name', { phone: '+491511234', password }, 'username'],
    ['a username too short', { phone: '+491511234', password, username: 'an' }, 'username'],
    ['a username too long', { phone: '+491511234', password, username: 'a'.repeat(51) }, 'username'],
    ['a username with a space', { phone: '+491511234', password, username: 'an na' }, 'username'],
    ['a username that begins with a dot', { phone: '+491511234', password, username: '.ann' }, 'username'],
    ['an empty first name', { phone: '+491511234', password, first_name: '  ' }, 'first_name'],
    ['no password', { phone: '+491511234', username: 'ann' }, 'password'],
    ['a password of 7 characters', { phone: '+491511234', username: 'ann', password: '1234567' }, 'password'],
    ['a password of 1,025', { phone: '+491511234', username: 'ann', password: 'x'.repeat(1_025) }, 'password'],
  ])('refuses %s, and stores nothing', async (_, input, field) => {
    const { messenger } = await start();
    expect(await refusal(messenger.call('auth.register', input as never, null))).toEqual(['INVALID_INPUT', field]);
    expect((await messenger.person('first')).user_id).toBe(1);
  });

  it('gives a name and a number to one of those who race for it', async () => {
    const { messenger } = await start();
    const names = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        codeOf(messenger.auth.register(null, { ...ann, phone_number: `+4915100${n}` })),
      ),
    );
    expect(names.sort()).toEqual([...Array(7).fill('USERNAME_TAKEN'), 'passed']);
    const numbers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => codeOf(messenger.auth.register(null, { ...ann, username: `other${n}` }))),
    );
    expect(numbers.sort()).toEqual([...Array(7).fill('PHONE_TAKEN'), 'passed']);
  });

  it('stores nothing but what is asked for', async () => {
    const { messenger } = await start();
    const greedy = {
      ...ann,
      id: 77,
      urev: 9,
      external_id: 'x',
      is_admin: true,
      role: 'owner',
      created_at: 1,
      last_seen_at: 1,
    };
    const me = await messenger.call('auth.register', greedy as never, null);
    expect(me).toMatchObject({ id: 1, external_id: null, last_seen_at: null, created_at: '2026-01-01T00:00:00.000Z' });
    expect(me).not.toHaveProperty('is_admin');
  });
});

describe('sign in', () => {
  it('gives a token that says who calls', async () => {
    const { messenger } = await start();
    const me = await messenger.auth.register(null, ann);
    const token = await messenger.auth.signIn(null, { username: '+49 151 1234567', password });
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3_600 });
    const request = { token: token.access_token, headers: new Headers(), url: '/' };
    const identified = await messenger.identify(request);
    expect(identified).toMatchObject({ caller: { user_id: me.id }, expires_at: messenger.clock.now() + 3_600_000 });
    const caller = identified?.caller ?? null;
    expect(await messenger.users.me(caller)).toMatchObject({ id: me.id, phone_number: '+491511234567' });

    const renewed = await messenger.auth.renew(caller);
    expect((await messenger.identify({ ...request, token: renewed.access_token }))?.caller).toEqual(caller);
    // Other spellings of a token verify too; what is longer than any of ours is not even looked at.
    expect(await messenger.identify({ ...request, token: token.access_token + ' '.repeat(10_000) })).toBeNull();
    messenger.clock.advance(3_600_000);
    expect(await messenger.identify(request)).toBeNull();
  });

  it.each([
    ['a wrong password', '+491511234567', 'wrong horse', 'fake:esroh tcerroc'],
    ['an unknown number', '+491519999999', password, null],
    ['what is no number', 'Ann_1', password, null],
  ])('refuses %s with the same words, and verifies a hash all the same', async (_, username, given, hash) => {
    const { messenger, passwords } = await start();
    await messenger.auth.register(null, ann);
    const error = await messenger.auth.signIn(null, { username, password: given }).catch((one) => one);
    expect(error).toMatchObject({ code: 'WRONG_CREDENTIALS', status: 401, field: undefined });
    expect(passwords.verified).toEqual([hash]);
  });
});

describe('checking a username', () => {
  it('answers for a free name without the storage', async () => {
    const { storage, calls } = spiedOn(sqlite(':memory:'));
    const { accounts } = accountsForTests();
    const usernames = createBloomUsernameFilter();
    const messenger = await startMessenger({ storage, accounts: { ...accounts, usernames } });
    await messenger.auth.register(null, ann);
    while (usernames.mayContain('nobody')) await new Promise((resolve) => setImmediate(resolve));
    calls.length = 0;
    expect(await messenger.users.checkUsername(null, { username: 'nobody' })).toEqual({ is_available: true });
    expect(calls).toEqual([]);
    for (const username of ['ann_1', '@Ann_1', 'Ａｎｎ_1']) {
      expect(await messenger.users.checkUsername(null, { username })).toEqual({ is_available: false });
    }
    expect(calls).toEqual(Array(3).fill('users.isUsernameTaken'));
  });

  it('asks the storage until the filter is filled, and when it cannot be', async () => {
    const { accounts } = accountsForTests();
    for (const usernames of [() => new Promise<never>(() => undefined), () => Promise.reject(new Error('gone'))]) {
      const real = sqlite(':memory:');
      await real.migrate();
      await real.users.create(
        { first_name: 'A', username: 'taken', username_key: 'taken', created_at: 1 },
        { kind: 'phone', lookup: '1', secret: '' },
      );
      const { storage, calls } = spiedOn(withReplaced(real, { users: { usernames } }));
      const messenger = await startMessenger({ storage, accounts });
      calls.length = 0;
      expect(await messenger.users.checkUsername(null, { username: 'taken' })).toEqual({ is_available: false });
      expect(await messenger.users.checkUsername(null, { username: 'nobody' })).toEqual({ is_available: true });
      expect(calls).toEqual(['users.isUsernameTaken', 'users.isUsernameTaken']);
    }
  });

  it('knows the names that were there before it started', async () => {
    const storage = sqlite(':memory:');
    await storage.migrate();
    for (let n = 0; n < 1_500; n++) {
      await storage.users.create(
        { first_name: 'A', username_key: `name${n}`, created_at: 1 },
        { kind: 'phone', lookup: `${n}`, secret: '' },
      );
    }
    const usernames = createBloomUsernameFilter();
    const messenger = await startMessenger({ storage, accounts: { ...accountsForTests().accounts, usernames } });
    while (usernames.mayContain('nobody')) await new Promise((resolve) => setImmediate(resolve));
    const answers = await Promise.all(
      Array.from({ length: 1_500 }, (_, n) => messenger.users.checkUsername(null, { username: `name${n}` })),
    );
    expect(answers.filter((answer) => answer.is_available)).toEqual([]);
  });

  it('wants 3 characters', async () => {
    const { messenger } = await start();
    expect(await refusal(messenger.users.checkUsername(null, { username: '@ab' }))).toEqual([
      'USERNAME_TOO_SHORT',
      'username',
    ]);
  });
});

describe('checking a phone number', () => {
  it('knows it in every way of writing it', async () => {
    const { messenger } = await start();
    await messenger.auth.register(null, ann);
    for (const phone_number of [ann.phone_number, '491511234567', '+49 (151) 1234567']) {
      expect(await messenger.auth.checkPhone(null, { phone_number })).toEqual({ exists: true });
    }
    expect(await messenger.auth.checkPhone(null, { phone_number: '+491511234568' })).toEqual({ exists: false });
  });

  it.each(['', 'call me', '123456', '1234567890123456'])('refuses %j, which is none', async (phone_number) => {
    const { messenger } = await start();
    expect(await refusal(messenger.auth.checkPhone(null, { phone_number }))).toEqual(['PHONE_INVALID', 'phone_number']);
  });
});

describe('without accounts', () => {
  it('has no sign-in, and says so', async () => {
    const messenger = await startMessenger();
    const { ...input } = ann;
    expect(await codeOf(messenger.auth.register(null, input))).toBe('ACCOUNTS_OFF');
    expect(await codeOf(messenger.auth.signIn(null, { username: '+491511234567', password }))).toBe('ACCOUNTS_OFF');
    expect(await codeOf(messenger.users.checkUsername(null, { username: 'ann' }))).toBe('ACCOUNTS_OFF');
    expect(await codeOf(messenger.auth.renew({ user_id: 1 }))).toBe('ACCOUNTS_OFF');
    expect(await codeOf(messenger.auth.checkPhone(null, { phone_number: ann.phone_number }))).toBe('ACCOUNTS_OFF');
  });
});

describe('identify', () => {
  const request = { headers: new Headers(), url: '/' };

  it('creates the host’s user at first sight, and keeps a name that is not given again', async () => {
    let names: object = { first_name: 'Ann', last_name: 'Lee' };
    const messenger = await startMessenger({ identify: () => ({ external_id: 'host-1', ...names }) });
    const first = await messenger.identify(request);
    const me = await messenger.users.me(first?.caller ?? null);
    expect(me).toMatchObject({ external_id: 'host-1', first_name: 'Ann', last_name: 'Lee', phone_number: null });
    names = {};
    expect(await messenger.identify(request)).toEqual(first);
    expect(await messenger.users.me(first?.caller ?? null)).toMatchObject({ first_name: 'Ann', last_name: 'Lee' });
    names = { first_name: 'Anna' };
    await messenger.identify(request);
    expect(await messenger.users.me(first?.caller ?? null)).toMatchObject({ first_name: 'Anna', last_name: 'Lee' });
  });

  it('makes one user of those who race to be seen first', async () => {
    const messenger = await startMessenger({ identify: async () => ({ external_id: 'host-1' }) });
    const seen = await Promise.all(Array.from({ length: 10 }, () => messenger.identify(request)));
    expect(new Set(seen.map((one) => one?.caller.user_id)).size).toBe(1);
  });

  it('passes on who the host says it is, and nobody when it says null', async () => {
    const clock = createFakeClock();
    const expires_at = clock.now() + 5_000;
    const messenger = await startMessenger({
      clock,
      identify: ({ token }) => (token === 'good' ? { user_id: 7, session_id: 's', expires_at } : null),
    });
    expect(await messenger.identify({ ...request, token: 'good' })).toEqual({
      caller: { user_id: 7, session_id: 's' },
      expires_at,
    });
    expect(await messenger.identify({ ...request, token: 'bad' })).toBeNull();
    expect(await messenger.identify(request)).toBeNull();
  });

  it('tries the tokens of our own accounts first', async () => {
    const { accounts } = accountsForTests();
    const messenger = await startMessenger({ accounts, identify: () => ({ external_id: 'host-1' }) });
    const me = await messenger.auth.register(null, ann);
    const { access_token } = await messenger.auth.signIn(null, { username: '491511234567', password });
    expect((await messenger.identify({ ...request, token: access_token }))?.caller.user_id).toBe(me.id);
    expect((await messenger.identify({ ...request, token: 'other' }))?.caller.user_id).not.toBe(me.id);
  });
});
