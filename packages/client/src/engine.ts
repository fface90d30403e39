import { createCaller } from './caller.js';
import { createChat } from './chat.js';
import { createChatList } from './chat-list.js';
import { type Connection, createConnection } from './connection.js';
import { createDirectory } from './directory.js';
import type { Emitter } from './emitter.js';
import type { DialectError } from './errors.js';
import { createFrameHandler } from './frames.js';
import { helloFrames } from './hello.js';
import type { createHttp } from './http.js';
import { createMarks } from './marks.js';
import { createNews } from './news.js';
import type { ResolvedOptions } from './options.js';
import { createOutbox } from './outbox.js';
import { derived } from './readable.js';
import { createRefresh } from './refresh.js';
import { createRequests } from './requests.js';
import { createSession, type Session } from './session.js';
import { createTimers } from './timers.js';
import { createTokens } from './tokens.js';
import type { ClientEvents, SendInput } from './types.js';

export interface EngineHooks {
  ready(): void;
  ended(error: DialectError): void;
}

/** Puts the parts together: each knows only what it is given here. */
export function createEngine(
  options: ResolvedOptions,
  { http }: ReturnType<typeof createHttp>,
  emitter: Emitter<ClientEvents>,
  hooks: EngineHooks,
) {
  const timers = createTimers();
  const tokens = createTokens(options.token, (token) => http('auth.renew', {}, token));
  const isOnline = () => connection.status.get() === 'online';
  const me = () => session.user_id;

  const requests = createRequests(timers, options.request_timeout_ms, (frame) => connection.send(frame));
  const call = createCaller({ requests, http, tokens, isOnline });

  const outbox = createOutbox(timers, options.reconnect, {
    transmit: (input) => requests.ask({ type: 'send', ...input }),
    isOnline,
    me,
    changed(chat_id) {
      waiting.invalidate();
      directory.get(chat_id).invalidateMessages();
    },
  });
  const waiting = derived<readonly SendInput[]>(() =>
    outbox
      .all()
      .filter(({ state }) => state !== 'sent')
      .map(({ input }) => input),
  );
  const marks = createMarks(timers, {
    isOnline,
    async askRead(chat_id, seq) {
      // Answered once the mark is stored: from then on the server's count of unread messages knows it.
      await requests.ask({ type: 'read', chat_id, seq });
      refresh.unread(directory.get(chat_id));
    },
    send: (frame) => connection.send(frame),
  });

  const directory = createDirectory((id) =>
    createChat(id, {
      timers,
      outbox,
      call,
      me,
      sayTyping(is_typing) {
        if (isOnline()) connection.send({ type: 'typing', chat_id: id, is_typing });
      },
      sayRead: (seq) => marks.read(id, seq),
      sync: {
        ask: (since) => requests.ask({ type: 'sync', chat_id: id, since }),
        isOnline,
        me,
        saw(row) {
          if (row.sender_id === me()) outbox.settle(row);
          else if (row.sender_id !== null) directory.get(id).typing.heard(row.sender_id, false);
        },
        moved: (data, arrivals, events) => news(data, arrivals, events),
        gone(data, wasKnown) {
          directory.forget(id);
          outbox.forget(id);
          news(data, [], []);
          if (wasKnown) emitter.emit('chat_removed', { chat: directory.get(id).handle });
        },
      },
    }),
  );
  const refresh = createRefresh(directory, timers, call, isOnline);
  const news = createNews(directory, emitter, marks, refresh);
  const chatList = createChatList(directory, call);
  const parts = { directory, outbox, marks, refresh, requests, tokens, timers, chatList, call, isOnline };
  const session: Session = createSession(parts);

  const connection: Connection = createConnection(options, timers, {
    token: (refused) => (refused ? tokens.fresh() : tokens.current()),
    hello: (token) => helloFrames(token, session.epoch, directory.heads()),
    frame: createFrameHandler({ directory, requests, emitter, session, refresh }),
    ready: () => void session.ready().then(hooks.ready),
    down(code, reconnects) {
      requests.abandon();
      for (const { sync, typing } of directory.all()) {
        sync.down();
        typing.clear();
      }
      emitter.emit('disconnected', { code, reconnects });
    },
    ended(error) {
      timers.clear();
      hooks.ended(error);
    },
  });

  return { connection, session, tokens, call, directory, chatList, waiting };
}
