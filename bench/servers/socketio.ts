import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { host } from './host.ts';
import { listenAnywhere } from './listen.ts';
import { openStore, seed } from './socketio-store.ts';

type Answer = (result: unknown) => void;

void host({
  seed: async (folder, plan) => seed(folder, plan),

  async serve(folder, settings) {
    const store = openStore(folder, settings.synchronous ?? 'FULL');
    const http = createServer();
    // The fast settings: no long polling to fall back to, no compression, no client files, no recovery buffer.
    const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
    io.use((socket, next) => {
      const user_id = Number(socket.handshake.auth.token);
      if (!Number.isInteger(user_id)) return next(new Error('sign in first'));
      socket.data.user_id = user_id;
      next();
    });
    io.on('connection', (socket) => {
      const user_id = socket.data.user_id as number;
      socket.join(store.chatsOf(user_id).map((chat) => `chat:${chat}`));

      socket.on('send', ({ chat_id, content }: { chat_id: number; content: string }, answer: Answer) => {
        if (typeof content !== 'string' || content.length > 60_000) return answer({ error: 'bad content' });
        if (!store.isMember(chat_id, user_id)) return answer({ error: 'not a member' });
        const message = store.add(chat_id, user_id, content);
        io.to(`chat:${chat_id}`).emit('new_message', message);
        answer({ id: message.id, sent_at: message.sent_at });
      });

      socket.on('history', ({ chat_id }: { chat_id: number }, answer: Answer) => {
        if (!store.isMember(chat_id, user_id)) return answer({ error: 'not a member' });
        answer(store.newest(chat_id));
      });
    });
    return {
      port: await listenAnywhere(http),
      async close() {
        await io.close();
        store.close();
      },
    };
  },
});
