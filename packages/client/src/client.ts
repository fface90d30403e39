import { createAuth } from './auth.js';
import { createEmitter } from './emitter.js';
import { createEngine } from './engine.js';
import type { DialectError } from './errors.js';
import { createHttp } from './http.js';
import { createMethods } from './methods.js';
import { type ClientOptions, resolveOptions } from './options.js';
import type { Client, ClientEvents } from './types.js';

/**
 * A client of a Dialect server, for browsers and Node. It does nothing until `connect()`, `auth.login()` or a call.
 *
 * @example
 * const client = createClient({ url: 'https://chat.example.com' });
 * await client.auth.login({ phone: '+79991234567', password: 'correct horse' });
 * await client.connect();
 * const chat = await client.chats.open({ with: 'john_doe' });
 * chat.messages.subscribe((list) => render(list));
 * await chat.send('Hello');
 */
export function createClient(given: ClientOptions): Client {
  const options = resolveOptions(given);
  const emitter = createEmitter<ClientEvents>();
  const requests = createHttp(options);
  let connecting: { promise: Promise<void>; resolve(): void; reject(error: DialectError): void } | null = null;

  const engine = createEngine(options, requests, emitter, {
    ready() {
      connecting?.resolve();
      connecting = null;
    },
    ended(error) {
      connecting?.reject(error);
      connecting = null;
    },
  });
  const { connection, session, tokens, call, directory, chatList } = engine;
  const methods = createMethods(call);

  return {
    users: methods('users', {}),
    messages: methods('messages', {}),
    sync: methods('sync', {}),
    media: methods('media', {}),
    status: connection.status,
    me: session.me,
    auth: methods(
      'auth',
      createAuth({
        signIn: (input) => call('auth.signIn', input),
        profile: (token) => requests.http('users.me', {}, token),
        become(token, profile) {
          tokens.hold(token);
          session.signedIn(profile);
          connection.restart();
        },
        async signOut() {
          tokens.hold(null);
          requests.stop();
          const closed = connection.close('signed_out');
          session.forget();
          await closed;
        },
      }),
    ),
    chats: methods('chats', { ...chatList, ...directory.list }),
    outbox: engine.waiting,
    connect() {
      if (!options.socketClass()) {
        const hint = 'There is no WebSocket here: npm install ws, and createClient({ WebSocket }) with its class.';
        return Promise.reject(new Error(hint));
      }
      if (connection.status.get() === 'online') return Promise.resolve();
      connecting ??= deferred();
      const { promise } = connecting;
      connection.open();
      return promise;
    },
    async close() {
      requests.stop();
      await connection.close('closed');
    },
    chat(id) {
      const { handle, sync } = directory.get(id);
      sync.want();
      return handle;
    },
    call,
    on: emitter.on,
  };
}

function deferred() {
  let resolve!: () => void;
  let reject!: (error: DialectError) => void;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Whoever does not wait for the connection learns of its end by `status`: that must not bring a process down.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
