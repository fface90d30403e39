import { sqlite } from '@dialect/adapter-sqlite';
import { createMessenger, isMessengerError, MessengerError } from '@dialect/core';
import { describe, expect, it } from 'vitest';
import { accountsForTests, codeOf, refusal, startMessenger, startPair, withReplaced } from './helpers.js';

describe("a host's user", () => {
  it('is known by a text, and by nothing that a database might take for one', async () => {
    const messenger = await startMessenger();
    await messenger.asUser({ external_id: 'alice' });
    for (const external_id of [0, 5, false, null, {}, ['alice'], '', 'alice\ud800']) {
      expect(await codeOf(messenger.asUser({ external_id: external_id as string })), String(external_id)).toBe(
        'INTERNAL',
      );
      expect(String(messenger.lines.at(-1)?.fields.error)).toContain('An external_id has to be a text');
    }
  });

  it('is nobody to a messenger that is closed', async () => {
    const messenger = await startMessenger();
    await messenger.close();
    expect(await codeOf(messenger.asUser({ external_id: 'ann' }))).toBe('SHUTTING_DOWN');
  });
});

describe('an error that nobody foresaw', () => {
  const secret = 'SQLITE_CORRUPT: password=hunter2 at /var/lib/chat.db';

  function broken() {
    const real = sqlite(':memory:');
    const fail = () => Promise.reject(new Error(secret));
    return withReplaced(real, {
      chats: { list: fail, write: fail },
      users: { search: () => Promise.reject('a string') },
    });
  }

  it('leaves as INTERNAL, without its text; the log has it under the same id', async () => {
    const { messenger, ann, chat_id } = await startPair({ storage: broken() });
    const calls: [string, Promise<unknown>][] = [
      ['chats.list', messenger.chats.list(ann)],
      ['messages.send', messenger.messages.send(ann, { chat_id, content: 'my words' })],
      ['chats.leave', messenger.chats.leave(ann, { chat_id })],
    ];
    for (const [name, call] of calls) {
      const error = await call.catch((one) => one);
      if (!isMessengerError(error)) throw error;
      expect(error).toMatchObject({ code: 'INTERNAL', status: 500, retryable: true });
      expect(error.correlation_id).toMatch(/^[A-Za-z0-9_-]{12}$/);
      const outside = JSON.stringify([error.toBody(), error, error.message]);
      expect(outside).not.toMatch(/SQLITE|hunter2|chat\.db/);
      expect(error.toBody()).toMatchObject({
        code: 'INTERNAL',
        correlation_id: error.correlation_id,
        status_code: 500,
      });
      const line = messenger.lines.find((one) => one.fields.correlation_id === error.correlation_id);
      expect(line).toMatchObject({ level: 'error', fields: { name } });
      expect(line?.fields.error).toContain(secret);
      expect(JSON.stringify(line)).not.toContain('my words');
    }
    const failures = messenger.lines.filter(({ level }) => level === 'error');
    const ids = failures.map((line) => line.fields.correlation_id);
    expect(new Set(ids).size).toBe(3);
  });

  it('may be anything that can be thrown', async () => {
    const { messenger, ann } = await startPair({ storage: broken() });
    expect(await codeOf(messenger.users.search(ann, { q: 'abc' }))).toBe('INTERNAL');
    expect(messenger.lines.at(-1)?.fields.error).toBe('a string');
  });

  it('does not stop what comes after it', async () => {
    const real = sqlite(':memory:');
    let is_broken = true;
    const storage = withReplaced(real, {
      chats: { write: (...given) => (is_broken ? Promise.reject(new Error('disk full')) : real.chats.write(...given)) },
    });
    const { messenger, ann, chat_id } = await startPair({ storage });
    const codes = await Promise.all(
      ['1', '2'].map((content) => codeOf(messenger.messages.send(ann, { chat_id, content }))),
    );
    expect(codes).toEqual(['INTERNAL', 'INTERNAL']);
    is_broken = false;
    expect(await messenger.messages.send(ann, { chat_id, content: '3' })).toMatchObject({ seq: 1 });
  });

  it('is told apart from ours by a mark, not by its class', () => {
    const ours = new MessengerError('NOT_FOUND');
    expect([isMessengerError(ours), isMessengerError(new Error('x')), isMessengerError(null)]).toEqual([
      true,
      false,
      false,
    ]);
    const copy = Object.assign(Object.create(null), { [Symbol.for('dialect.error')]: true });
    expect(isMessengerError(copy)).toBe(true);
  });
});

describe('a storage that cannot be reached', () => {
  it('is tried once for a whole batch, and its code is the answer', async () => {
    let tries = 0;
    const storage = withReplaced(sqlite(':memory:'), {
      chats: {
        write: () => {
          tries += 1;
          return Promise.reject(new MessengerError('BUSY'));
        },
      },
    });
    const { messenger, ann, chat_id } = await startPair({ storage });
    const sends = Array.from({ length: 30 }, () => codeOf(messenger.messages.send(ann, { chat_id, content: 'x' })));
    expect(new Set(await Promise.all(sends))).toEqual(new Set(['BUSY']));
    expect(tries).toBe(1);
    expect(messenger.events).toEqual([]);
  });
});

describe('the life of a messenger', () => {
  it('does nothing before it is started', async () => {
    const messenger = createMessenger({ storage: sqlite(':memory:') });
    expect(await codeOf(messenger.users.me({ user_id: 1 }))).toBe('BUSY');
    expect(await messenger.identify({ token: 'x', headers: new Headers(), url: '/' })).toBeNull();
    await messenger.close();
  });

  it('does nothing after it is closed, however often', async () => {
    const { messenger, ann, chat_id } = await startPair();
    await Promise.all([messenger.close(), messenger.close()]);
    await messenger.close();
    expect(await codeOf(messenger.chats.list(ann))).toBe('SHUTTING_DOWN');
    expect(await codeOf(messenger.messages.send(ann, { chat_id, content: 'x' }))).toBe('SHUTTING_DOWN');
  });

  it('lets what is running finish, in every use case', async () => {
    const { accounts } = accountsForTests();
    const slow = {
      ...accounts.passwords,
      hash: async (password: string) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return accounts.passwords.hash(password);
      },
    };
    const { messenger, ann, bob, chat_id } = await startPair({
      accounts: { ...accounts, passwords: slow },
      marks_delay_ms: 30,
    });
    await messenger.messages.send(ann, { chat_id, content: 'x' });
    const cem = await messenger.person('Cem');
    const group = await messenger.chats.createGroup(ann, { chat_name: 'G', participant_ids: [] });
    const running = [
      messenger.auth.register(null, { phone: '+491511234567', password: 'correct horse', username: 'dan' }),
      messenger.messages.send(bob, { chat_id, content: 'y' }),
      messenger.messages.markRead(bob, { chat_id, seq: 1 }),
      messenger.chats.addMember(ann, { chat_id: group.id, user_id: cem.user_id }),
      messenger.chats.createPrivate(ann, { target_user_id: cem.user_id }),
      messenger.chats.list(ann),
      messenger.sync.changes(ann, { chat_id, since: 0 }),
    ];
    const closing = messenger.close();
    expect(await Promise.all(running.map(codeOf))).toEqual(running.map(() => 'passed'));
    await closing;
  });

  it('answers a ping as long as the storage is there', async () => {
    const { messenger } = await startPair();
    await messenger.ping();
    await messenger.close();
    await expect(messenger.ping()).rejects.toThrow();
  });
});

describe('input', () => {
  it('drops fields that nobody asked for', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const greedy = {
      chat_id,
      content: 'x',
      sender_id: 99,
      seq: 77,
      rev: 5,
      id: 3,
      is_pinned: 1,
      deleted_at: 1,
      sent_at: 0,
    };
    const sent = await messenger.call('messages.send', greedy, ann);
    expect(sent).toMatchObject({ id: 1, sender_id: ann.user_id, seq: 1, rev: 2, is_pinned: false, is_deleted: false });
  });

  it('is not fooled by keys of prototypes', async () => {
    const { messenger, ann, chat_id } = await startPair();
    const hostile = [
      `{"chat_id":${chat_id},"content":"x","__proto__":{"message_type":"hologram","client_id":"a b","polluted":1}}`,
      `{"chat_id":${chat_id},"content":"x","constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":0}`,
    ];
    for (const text of hostile) {
      const sent = await messenger.call('messages.send', JSON.parse(text), ann);
      expect(Object.getPrototypeOf(sent)).toBe(Object.prototype);
      expect(sent.message_type).toBe('text');
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const inherited = JSON.parse('{"__proto__":{"chat_id":1,"content":"x"}}');
    expect(await refusal(messenger.call('messages.send', inherited, ann))).toEqual(['INVALID_INPUT', 'chat_id']);
  });

  it('may be anything at all, and only what is right passes', async () => {
    const { messenger, ann } = await startPair();
    for (const input of [
      null,
      undefined,
      5,
      'x',
      [],
      [1],
      true,
      () => undefined,
      Symbol('x'),
      10n,
      new Date(),
      new Map(),
    ]) {
      expect(await codeOf(messenger.call('messages.send', input as never, ann))).toBe('INVALID_INPUT');
    }
  });

  it('names a method that exists', async () => {
    const { messenger, ann } = await startPair();
    for (const name of ['', 'messages', 'messages.explode', '__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(await refusal(messenger.call(name as never, {} as never, ann))).toEqual(['UNKNOWN_METHOD', 'method']);
    }
  });

  it('needs a caller, except where anyone may ask', async () => {
    const messenger = await startMessenger(accountsForTests());
    expect(await codeOf(messenger.chats.list(null))).toBe('UNAUTHORIZED');
    expect(await codeOf(messenger.messages.send(null, { chat_id: 1, content: 'x' }))).toBe('UNAUTHORIZED');
    expect(await codeOf(messenger.users.checkUsername(null, { username: 'abc' }))).toBe('passed');
  });
});
