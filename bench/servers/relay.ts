import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { host } from './host.ts';
import { listenAnywhere } from './listen.ts';

interface Frame {
  type: 'hello' | 'send' | 'history';
  ref: number;
  token: string;
  chat_id: number;
  content: string;
}

// The least that any server in Node can do for a chat: parse, look up the chat in memory, encode once, write to the
// other members and answer the sender. It checks and stores nothing, so nobody with a store can pass it on one core.
void host({
  async seed(folder, plan) {
    writeFileSync(join(folder, 'relay.json'), JSON.stringify(plan.chats));
    return { chat_ids: plan.chats.map((_, chat) => chat + 1) };
  },

  async serve(folder) {
    const chats = JSON.parse(readFileSync(join(folder, 'relay.json'), 'utf8')) as number[][];
    const chatsOf = new Map<number, number[]>();
    for (const [index, users] of chats.entries())
      for (const user of users) chatsOf.set(user, [...(chatsOf.get(user) ?? []), index + 1]);

    const followers = new Map<number, Set<WebSocket>>(chats.map((_, index) => [index + 1, new Set()]));
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: true });
    sockets.on('connection', (socket) => {
      let user = 0;
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString()) as Frame;
        if (frame.type === 'hello') {
          user = Number(frame.token);
          for (const chat of chatsOf.get(user) ?? []) followers.get(chat)?.add(socket);
          socket.send('{"type":"ready"}');
        } else if (frame.type === 'send') {
          const { chat_id, content } = frame;
          const message = JSON.stringify({
            type: 'new_message',
            chat_id,
            sender_id: user,
            content,
            sent_at: Date.now(),
          });
          const encoded = Buffer.from(message);
          for (const other of followers.get(chat_id) ?? [])
            if (other !== socket) other.send(encoded, { binary: false });
          socket.send(JSON.stringify({ type: 'ok', ref: frame.ref }));
        }
      });
      socket.on('close', () => {
        for (const chat of chatsOf.get(user) ?? []) followers.get(chat)?.delete(socket);
      });
    });
    return {
      port: await listenAnywhere(http),
      async close() {
        for (const socket of sockets.clients) socket.terminate();
        http.close();
      },
    };
  },
});
