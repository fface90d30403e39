import { describe, expect, it } from 'vitest';
import { accountsForTests, codeOf, persons, refusal, startMessenger } from './helpers.js';

describe('profiles', () => {
  it('shows another’s profile without what is only theirs', async () => {
    const messenger = await startMessenger(accountsForTests());
    const me = await messenger.auth.register(null, {
      phone: '+491511234567',
      password: 'correct horse',
      username: 'ann',
    });
    const bob = await messenger.person('Bob');
    const shown = await messenger.users.get(bob, { user_id: me.id });
    expect(shown).toMatchObject({ id: me.id, username: 'ann' });
    expect(shown).not.toHaveProperty('phone_number');
    expect(shown).not.toHaveProperty('external_id');
    expect(await refusal(messenger.users.get(bob, { user_id: 999 }))).toEqual(['USER_NOT_FOUND', 'user_id']);
  });

  it('says who is online, and when somebody was there last', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    messenger.presence.connected(ann.user_id);
    messenger.presence.connected(ann.user_id);
    messenger.presence.disconnected(ann.user_id);
    expect(await messenger.users.me(ann)).toMatchObject({ is_online: true, last_seen_at: null });
    messenger.presence.disconnected(ann.user_id);
    await messenger.presence.drained();
    expect(await messenger.users.me(ann)).toMatchObject({ is_online: false, last_seen_at: '2026-01-01T00:00:00.000Z' });
  });

  it('refuses who is nobody', async () => {
    const messenger = await startMessenger();
    expect(await codeOf(messenger.users.me(null))).toBe('UNAUTHORIZED');
    expect(await codeOf(messenger.users.me({ user_id: 999 }))).toBe('UNAUTHORIZED');
    expect(await codeOf(messenger.users.get(null, { user_id: 1 }))).toBe('UNAUTHORIZED');
  });
});

describe('search', () => {
  it('finds people by a part of a name, and by a whole number only', async () => {
    const messenger = await startMessenger(accountsForTests());
    await messenger.auth.register(null, { phone: '+491511234567', password: 'correct horse', username: 'annlee' });
    const [bob] = await persons(messenger, 'Robert', 'Roberta');
    const found = async (q: string) =>
      (await messenger.users.search(bob ?? null, { q })).map((user) => user.first_name);
    expect(await found('ROBERT')).toEqual(['Robert', 'Roberta']);
    expect(await found('@nnle')).toEqual(['annlee']);
    expect(await found('+49 151 123-4567')).toEqual(['annlee']);
    expect(await found('+49151123456')).toEqual([]);
    expect(await messenger.users.search(bob ?? null, { query: 'roberta' })).toHaveLength(1);
    expect(await messenger.users.search(bob ?? null, { q: 'robert', limit: 1, offset: 1 })).toMatchObject([
      { first_name: 'Roberta' },
    ]);
  });

  it('wants 3 characters, and takes 100', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    for (const input of [{}, { q: '' }, { q: 'ab' }, { q: ' ab ' }, { q: '@ab' }, { q: '👩‍' }]) {
      expect(await refusal(messenger.users.search(ann, input))).toEqual(['QUERY_TOO_SHORT', 'q']);
    }
    expect(await refusal(messenger.users.search(ann, { q: 'x'.repeat(101) }))).toEqual(['INVALID_INPUT', 'q']);
    expect(await refusal(messenger.users.search(ann, { q: 'abc', limit: 0 }))).toEqual(['INVALID_INPUT', 'limit']);
    expect(await refusal(messenger.users.search(ann, { q: 'abc', offset: -1 }))).toEqual(['INVALID_INPUT', 'offset']);
  });

  it('has its limit', async () => {
    const messenger = await startMessenger();
    const ann = await messenger.person('Ann');
    const codes = await Promise.all(
      Array.from({ length: 70 }, () => codeOf(messenger.users.search(ann, { q: 'abc' }))),
    );
    expect(codes.filter((code) => code === 'passed')).toHaveLength(60);
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(10);
  });
});
